// SPDX-License-Identifier: BSD-3-Clause
//
// Time as the protocol counts it: whole microseconds (C62) of a clock that never steps and counts
// suspend (D21). Nothing in proto, dataplane or the engine reads a clock; time is an argument.
#pragma once

#include <chrono>
#include <cstdint>

namespace carp::proto {

using Duration = std::chrono::duration<int64_t, std::micro>;

// A name for the clock, so that its time points mix with no others. Read by control's loop.
struct BootClock {
  using duration = Duration;
  using rep = Duration::rep;
  using period = Duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
};
using TimePoint = BootClock::time_point;

// A deadline that never comes.
inline constexpr TimePoint kNever = TimePoint::max();

}  // namespace carp::proto
