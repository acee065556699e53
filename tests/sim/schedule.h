// SPDX-License-Identifier: BSD-3-Clause
//
// Virtual time: what is to happen, in order. What happens at one moment happens in the order in
// which it was planned, so a run is the same every time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "lib/proto/time.h"

namespace carp::sim {

using proto::Duration;
using proto::TimePoint;

class Schedule {
 public:
  using Action = std::function<void()>;

  explicit Schedule(TimePoint start) : now_(start) {}

  [[nodiscard]] TimePoint now() const noexcept { return now_; }

  // What is planned for the past happens now.
  void at(TimePoint when, Action action) {
    events_.push_back({std::max(when, now_), ++planned_, std::move(action)});
    std::push_heap(events_.begin(), events_.end(), later);
  }
  void after(Duration delay, Action action) { at(now_ + delay, std::move(action)); }

  // Lets everything happen up to `end`, that moment included.
  void run_until(TimePoint end) {
    while (!events_.empty() && events_.front().at <= end) {
      std::pop_heap(events_.begin(), events_.end(), later);
      const Event event = std::move(events_.back());
      events_.pop_back();
      now_ = event.at;
      event.action();
    }
    now_ = end;
  }

 private:
  struct Event {
    TimePoint at;
    uint64_t number;
    Action action;
  };
  [[nodiscard]] static bool later(const Event& a, const Event& b) noexcept {
    return a.at != b.at ? a.at > b.at : a.number > b.number;
  }

  TimePoint now_;
  uint64_t planned_ = 0;
  std::vector<Event> events_;  // a heap, the next in front
};

}  // namespace carp::sim
