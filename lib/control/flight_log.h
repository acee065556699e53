// SPDX-License-Identifier: BSD-3-Clause
//
// The memory of the flight recorder: the last 4,096 things that control heard, sent and decided,
// with the frames of advertisements. A change of state makes a dump due: what came before it and a
// little of what comes after. Fixed in size; to note an event copies 256 bytes and allocates
// nothing. Filled by the engine; pure.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/control/history.h"
#include "lib/dataplane/table.h"
#include "lib/net/bytes.h"
#include "lib/proto/time.h"

namespace carp::control {

inline constexpr size_t kFlightEvents = 4096;
inline constexpr size_t kFlightBefore = 200;
inline constexpr size_t kFlightAfter = 50;
// So long a dump waits for what comes after the first of its changes.
inline constexpr proto::Duration kFlightWait = std::chrono::seconds(3);
// Changes that come faster share a dump.
inline constexpr proto::Duration kFlightPause = std::chrono::seconds(1);

struct FlightEvent {
  uint64_t unix_us = 0;                                           // wall clock
  dataplane::InterfaceIndex interface = dataplane::kNoInterface;  // none: of the whole host
  uint16_t frame_length = 0;                                      // on the wire; 0: no frame
  uint8_t kept_length = 0;                                        // of it, in `frame`
  uint8_t comment_length = 0;
  std::array<uint8_t, 128> frame{};
  std::array<char, 114> comment{};

  [[nodiscard]] net::ConstBytes kept() const noexcept { return {frame.data(), kept_length}; }
  [[nodiscard]] std::string_view text() const noexcept { return {comment.data(), comment_length}; }
};
static_assert(sizeof(FlightEvent) == 256);

// What becomes one file.
struct FlightDump {
  std::vector<std::string> interfaces;  // by InterfaceIndex
  HistoryEntry change;                  // the first
  size_t changes = 0;
  std::vector<FlightEvent> events;  // oldest first
};

class FlightLog {
 public:
  using Words = std::initializer_list<std::string_view>;

  explicit FlightLog(std::vector<std::string> interfaces);

  // Joins the words to the comment. What is longer than an event is cut.
  void note(uint64_t unix_us, dataplane::InterfaceIndex interface, net::ConstBytes frame,
            Words words);
  void note_change(const HistoryEntry& change, dataplane::InterfaceIndex interface,
                   proto::TimePoint now);

  // What follows the last change is here, or will not be waited for.
  [[nodiscard]] bool is_due(proto::TimePoint now) const noexcept;
  // Some change is in no dump yet.
  [[nodiscard]] bool has_changes() const noexcept { return pending_.has_value(); }
  // At most kFlightEvents; of changes that waited too long to be here still, their number alone.
  // Requires: has_changes().
  [[nodiscard]] FlightDump take(proto::TimePoint now);

 private:
  // Changes that are in no dump yet. Events count from 0 up, for ever.
  struct Pending {
    HistoryEntry change;
    proto::TimePoint since;
    uint64_t first = 0;
    uint64_t last = 0;
    size_t changes = 0;
  };
  [[nodiscard]] uint64_t window_begin() const noexcept;

  std::vector<std::string> interfaces_;
  std::vector<FlightEvent>
      ring_;            // grows up to kFlightEvents, in memory that is here from the start
  uint64_t count_ = 0;  // of all events there ever were
  std::optional<Pending> pending_;
  proto::TimePoint not_before_ = proto::TimePoint::min();
};

}  // namespace carp::control
