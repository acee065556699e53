// SPDX-License-Identifier: BSD-3-Clause
//
// Does anybody listen on a port? Watches, from control's passes, whether the workers that own the
// port's receive queues poll (D4 rules 3 and 4). Tells how long nobody listened, and when the port
// must be treated as without link because its workers stall. Pure; part of the engine.
#pragma once

#include "lib/proto/time.h"

namespace carp::control {

class PortWatch {
 public:
  explicit PortWatch(proto::TimePoint now) : listened_at_(now), steady_since_(now) {}

  // Control begins a pass, `gap` after the one before: so long nobody polled, unless on_poll says
  // otherwise in this pass. Time in which control itself did not run is not held against workers.
  void begin_pass(proto::Duration gap);

  // All workers of the port have polled since the last call. Returns how long nobody listened.
  [[nodiscard]] proto::Duration on_poll(proto::TimePoint now);

  // Decides anew, by what earlier passes saw, whether the port's workers stall. Returns true where
  // the answer changed.
  [[nodiscard]] bool judge(proto::TimePoint now);

  // Longer than this nobody may fail to listen: a third of the shortest master down time.
  void set_limit(proto::Duration limit) noexcept { limit_ = limit; }
  [[nodiscard]] proto::Duration limit() const noexcept { return limit_; }
  // A gap of a quarter of an interval counts; no virtual host has a shorter interval than this.
  void set_shortest_interval(proto::Duration interval) noexcept { shortest_interval_ = interval; }
  [[nodiscard]] proto::Duration shortest_interval() const noexcept { return shortest_interval_; }

  [[nodiscard]] bool is_stalled() const noexcept { return stalled_; }
  // All frames that arrived before this moment have been seen.
  [[nodiscard]] proto::TimePoint listened_at() const noexcept { return listened_at_; }

  // Frames read until then may be old and cause no takeover (D4 rule 3).
  void distrust_until(proto::TimePoint until) noexcept { distrust_until_ = until; }
  [[nodiscard]] bool is_fresh(proto::TimePoint now) const noexcept {
    return now >= distrust_until_;
  }

 private:
  proto::TimePoint listened_at_;
  proto::TimePoint steady_since_;
  proto::TimePoint distrust_until_ = proto::TimePoint::min();
  proto::Duration silent_{0};  // in control's own passes
  proto::Duration limit_ = std::chrono::seconds(1);
  proto::Duration shortest_interval_{0};
  bool stalled_ = false;
};

}  // namespace carp::control
