// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/tsc_clock.h"

#include <gtest/gtest.h>

namespace carp::dpdk {
namespace {

using dataplane::Ticks;
using proto::Duration;
using proto::TimePoint;

constexpr Ticks kLast = ~Ticks{0};
constexpr int64_t kSecondUs = 1'000'000;

TimePoint at(int64_t us) { return TimePoint(Duration(us)); }

struct Row {
  const char* sentence;
  int64_t deadline_us;
  Ticks ticks;
};

TEST(TscClock, ConvertsAroundTheAnchor) {
  // Ten seconds after boot the counter, of 2.5 ticks a microsecond, shows a million.
  const ClockAnchor anchor{at(10 * kSecondUs), 1'000'000, 2'500'000};
  for (const Row& row : {
           Row{"now", 10 * kSecondUs, 1'000'000},
           Row{"one microsecond on, rounded down", 10 * kSecondUs + 1, 1'000'002},
           Row{"one second on", 11 * kSecondUs, 3'500'000},
           Row{"a second and a half on", 11 * kSecondUs + 500'000, 4'750'000},
           Row{"just passed", 10 * kSecondUs - 2, 999'995},
           Row{"before the counter began", 0, 0},
       }) {
    EXPECT_EQ(to_ticks(anchor, at(row.deadline_us)), row.ticks) << row.sentence;
  }
}

TEST(TscClock, SaturatesInsteadOfWrapping) {
  const ClockAnchor fast{at(0), kLast - 10, 5'000'000'000};
  EXPECT_EQ(to_ticks(fast, proto::kNever), kLast);
  EXPECT_EQ(to_ticks(fast, at(kSecondUs)), kLast);
  EXPECT_EQ(to_ticks(fast, TimePoint(Duration::max() - Duration(1))), kLast);
  EXPECT_EQ(to_ticks({at(kSecondUs * 1000), 10, 5'000'000'000}, at(0)), 0U);
}

TEST(TscClock, LaterDeadlinesAreNeverEarlierTicks) {
  const ClockAnchor anchor{at(3 * kSecondUs), 7'777'777, 2'399'999'999};
  Ticks before = 0;
  for (int64_t us = 0; us < 6 * kSecondUs; us += 997) {
    const Ticks ticks = to_ticks(anchor, at(us));
    EXPECT_GE(ticks, before);
    before = ticks;
  }
}

TEST(TscClock, TheRealClocksGoForward) {
  const TimePoint time = boot_now();
  const Ticks ticks = ticks_now();
  EXPECT_GT(ticks_per_second(), 0U);
  EXPECT_GE(boot_now(), time);
  EXPECT_GE(ticks_now(), ticks);
  // An hour is ahead of us, whatever happened between the two lines.
  EXPECT_GT(ticks_at(boot_now() + std::chrono::hours(1)), ticks_now());
}

}  // namespace
}  // namespace carp::dpdk
