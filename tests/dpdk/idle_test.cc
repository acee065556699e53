// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/idle.h"

#include <gtest/gtest.h>

namespace carp::dpdk {
namespace {

TEST(Idle, PollNeverWaits) {
  for (const uint32_t empty : {0U, 1U, 1000U, ~0U})
    EXPECT_EQ(idle_step(Idle::poll, empty), IdleStep{});
}

TEST(Idle, WorkEndsTheWaitAtOnce) {
  EXPECT_EQ(idle_step(Idle::pause, 0), IdleStep{});
  EXPECT_EQ(idle_step(Idle::sleep, 0), IdleStep{});
}

TEST(Idle, PauseBacksOffAndNeverSleeps) {
  EXPECT_EQ(idle_step(Idle::pause, 1), (IdleStep{1, 0}));
  EXPECT_EQ(idle_step(Idle::pause, 40), (IdleStep{40, 0}));
  EXPECT_EQ(idle_step(Idle::pause, ~0U), (IdleStep{kMaxPauses, 0}));
}

TEST(Idle, SleepGrowsToItsLimit) {
  EXPECT_EQ(idle_step(Idle::sleep, kEmptyPollsBeforeSleep - 1), (IdleStep{kMaxPauses, 0}));
  EXPECT_EQ(idle_step(Idle::sleep, kEmptyPollsBeforeSleep), (IdleStep{0, 1}));
  EXPECT_EQ(idle_step(Idle::sleep, kEmptyPollsBeforeSleep + 20), (IdleStep{0, 21}));
  EXPECT_EQ(idle_step(Idle::sleep, ~0U), (IdleStep{0, kMaxSleepUs}));
}

}  // namespace
}  // namespace carp::dpdk
