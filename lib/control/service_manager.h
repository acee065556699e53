// SPDX-License-Identifier: BSD-3-Clause
//
// What the service manager (systemd) is told, in the words of sd_notify(3): that the program is
// ready, reloads, stops, how many virtual hosts are MASTER, and, as long as everything moves, that
// its watchdog need not bite. Pure: the text goes out by a function that is handed in. Control's
// thread, once a pass.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "lib/control/outbox.h"
#include "lib/proto/time.h"

namespace carp::control {

class ServiceManager {
 public:
  // Takes a text and returns at once; false where it could not, and is tried again. Empty: nobody
  // wants to know.
  using Send = std::function<bool(const std::string& text)>;

  enum class Doing : uint8_t { starting, running, reloading, stopping };

  struct Masters {
    size_t count = 0;
    size_t of = 0;  // virtual hosts
    [[nodiscard]] friend bool operator==(const Masters&, const Masters&) = default;
  };

  // What is true at the end of a pass.
  struct Condition {
    Doing doing = Doing::running;
    std::optional<unsigned> stalled_lcore;  // of a worker that makes no progress
    std::function<Masters()> masters;       // asked once a second
  };

  // `watchdog`: how long its dog sleeps between two meals; nothing: there is none.
  ServiceManager(Send send, std::optional<proto::Duration> watchdog);

  // Sends what is new, and WATCHDOG=1 four times in its time: not while a worker stands still, and
  // not where two passes since the last time were further apart than a quarter of its time.
  void observe(const Condition& is, proto::TimePoint now, Outbox& out);

 private:
  void note_pass(proto::TimePoint now);
  void note_status(const Condition& is, proto::TimePoint now);
  void note_health(const Condition& is, proto::TimePoint now, Outbox& out);
  [[nodiscard]] std::string news() const;

  // What is, and what has been told of it.
  struct Word {
    Doing doing = Doing::starting;
    std::string status;
    uint64_t meals = 0;
  };

  Send send_;
  std::optional<proto::Duration> pace_;  // of the watchdog's meals
  Word is_;
  Word told_;
  std::optional<proto::TimePoint> last_pass_;
  proto::Duration longest_gap_{};  // between passes since the last meal was due
  std::string complaint_;          // why there was no meal last time; empty: there was one
  proto::TimePoint status_due_ = proto::TimePoint::min();
  proto::TimePoint meal_due_ = proto::TimePoint::min();
  proto::TimePoint send_due_ = proto::TimePoint::min();
};

}  // namespace carp::control
