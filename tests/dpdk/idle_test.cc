// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/idle.h"

#include <gtest/gtest.h>

#include "lib/proto/interval.h"

namespace carp::dpdk {
namespace {

using proto::Duration;
using proto::TimePoint;
using std::chrono::seconds;

constexpr TimePoint kNow{seconds(100)};

TEST(Idle, PollNeverWaits) {
  for (const uint32_t empty : {0U, 1U, 1000U, ~0U})
    EXPECT_EQ(idle_step(Idle::poll, empty, kLongestSleep), IdleStep{});
}

TEST(Idle, WorkEndsTheWaitAtOnce) {
  EXPECT_EQ(idle_step(Idle::pause, 0, kLongestSleep), IdleStep{});
  EXPECT_EQ(idle_step(Idle::sleep, 0, kLongestSleep), IdleStep{});
}

TEST(Idle, PauseBacksOffAndNeverSleeps) {
  EXPECT_EQ(idle_step(Idle::pause, 1, kLongestSleep), IdleStep{.pauses = 1});
  EXPECT_EQ(idle_step(Idle::pause, 40, kLongestSleep), IdleStep{.pauses = 40});
  EXPECT_EQ(idle_step(Idle::pause, ~0U, kLongestSleep), IdleStep{.pauses = kMaxPauses});
}

TEST(Idle, SleepGrowsToItsLimit) {
  const auto step = [](uint32_t empty) { return idle_step(Idle::sleep, empty, kLongestSleep); };
  EXPECT_EQ(step(kEmptyPollsBeforeSleep - 1), IdleStep{.pauses = kMaxPauses - 1});
  EXPECT_EQ(step(kEmptyPollsBeforeSleep), IdleStep{.sleep = Duration(1)});
  EXPECT_EQ(step(kEmptyPollsBeforeSleep + 3 * kPollsASleep), IdleStep{.sleep = Duration(8)});
  EXPECT_EQ(step(kEmptyPollsBeforeSleep + 20 * kPollsASleep), IdleStep{.sleep = kLongestSleep});
  EXPECT_EQ(step(~0U), IdleStep{.sleep = kLongestSleep});
}

// What comes after a silence waits for an eighth of it at most, the pauses before not counted.
TEST(Idle, NoSleepIsLongerThanAnEighthOfTheSilenceBefore) {
  Duration silence{0};
  for (uint32_t empty = kEmptyPollsBeforeSleep; empty < 10'000; ++empty) {
    const Duration sleep = idle_step(Idle::sleep, empty, kLongestSleep).sleep;
    ASSERT_LE(sleep, silence / static_cast<int64_t>(kPollsASleep) + Duration(1)) << empty;
    silence += sleep;
  }
}

// For every pace that can be configured: worker and control asleep one after the other listen at
// least twice in what D4 counts as a gap (a quarter of an interval).
TEST(Idle, NoSleepIsTakenForAStall) {
  for (int advbase = 0; advbase <= 255; ++advbase) {
    for (int advskew = 0; advskew <= 255; ++advskew) {
      const Duration interval =
          proto::advert_interval({static_cast<uint8_t>(advbase), static_cast<uint8_t>(advskew)});
      const Duration longest = longest_sleep(interval);
      ASSERT_GT(longest, kControlPause);
      ASSERT_LE(longest, kLongestSleep);
      ASSERT_LE(2 * longest, interval / 4 / 2);
    }
  }
}

TEST(Idle, ControlWakesForADeadlineAndElseForItsRings) {
  const auto pause = [](Duration until_due) {
    return control_pause(kNow, kNow + until_due, kLongestSleep);
  };
  EXPECT_EQ(pause(seconds(1)), kLongestSleep);
  EXPECT_EQ(pause(Duration(350)), Duration(350));
  EXPECT_EQ(control_pause(kNow, proto::kNever, kLongestSleep), kLongestSleep);
  EXPECT_EQ(control_pause(kNow, proto::kNever, kControlPause), kControlPause);
}

// A deadline that waits for a worker is past and stays past: control must not keep the CPU from it.
TEST(Idle, ControlNeverSpinsOnADeadline) {
  for (const TimePoint due : {TimePoint::min(), kNow - Duration(1), kNow, kNow + Duration(1)})
    EXPECT_EQ(control_pause(kNow, due, kLongestSleep), kControlPauseMin);
}

}  // namespace
}  // namespace carp::dpdk
