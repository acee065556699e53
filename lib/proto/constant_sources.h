// SPDX-License-Identifier: BSD-3-Clause
//
// Who repeats one counter for ever. OpenBSD chooses its counter once (C51), so the same pair comes
// again and again and must not be taken for a replay: a source that repeats an untagged counter in
// step with its own interval is recognised and exempt (D11 rule 4). Pure; control only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lib/net/address.h"
#include "lib/proto/interval.h"
#include "lib/proto/time.h"
#include "lib/proto/wire.h"

namespace carp::proto {

class ConstantSources {
 public:
  // How many (source, counter) are watched at once. The source address is not covered by the
  // digest, and a BSD that heard nobody has a new counter each time: both come without end.
  static constexpr size_t kEntriesMax = 64;
  static constexpr size_t kEntriesPerSource = 4;

  // Notes an advertisement with an untagged counter; `is_new`: its pair is not in the memory.
  // Returns whether it may pass: a new one always, a repeated one by rule 4.
  [[nodiscard]] bool admit(const Advert& advert, bool is_new, TimePoint now);

  [[nodiscard]] bool is_recognised(net::Ipv4Address source) const noexcept;
  [[nodiscard]] size_t size() const noexcept { return entries_.size(); }

 private:
  enum class Stage : uint8_t {
    refused,     // known from the memory alone: nothing was accepted from this source yet
    fresh,       // its pair was accepted as new
    changed,     // accepted once with another pace; in step again, or refused
    recognised,  // repeated in step
  };
  struct Entry {
    net::Ipv4Address source;
    uint64_t counter = 0;
    Pace pace;
    TimePoint heard;  // where its rhythm is measured from
    Stage stage = Stage::fresh;
  };

  [[nodiscard]] static bool admit_repeat(Entry& entry, Pace pace, TimePoint now);
  [[nodiscard]] Entry* find(const Advert& advert) noexcept;
  void make_room(net::Ipv4Address source);

  std::vector<Entry> entries_;
};

}  // namespace carp::proto
