// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/backlog.h"

#include <gtest/gtest.h>

#include <vector>

namespace carp::dpdk {
namespace {

struct BacklogRow {
  const char* sentence;
  unsigned burst;
  std::vector<unsigned> received;  // burst by burst
  bool is_behind;                  // after the last
};

TEST(Backlog, Rows) {
  for (const BacklogRow& row : {
           BacklogRow{"nothing was polled", 32, {}, false},
           BacklogRow{"nothing comes", 32, {0, 0, 0}, false},
           BacklogRow{"three full ones are a crowd, no backlog", 32, {32, 32, 32}, false},
           BacklogRow{"the fourth is one", 32, {32, 32, 32, 32}, true},
           BacklogRow{"and so are all after it", 32, {32, 32, 32, 32, 32}, true},
           BacklogRow{
               "one that lacks a frame has seen the bottom", 32, {32, 32, 32, 32, 32, 31}, false},
           BacklogRow{"so has an empty one", 32, {32, 32, 32, 32, 0}, false},
           BacklogRow{"after it counting begins anew", 32, {32, 32, 32, 32, 31, 32, 32, 32}, false},
           BacklogRow{"and ends the same", 32, {32, 32, 32, 31, 32, 32, 32, 32}, true},
           BacklogRow{"nearly full ones never are", 32, std::vector<unsigned>(100, 31), false},
           BacklogRow{"small bursts need more", 8, std::vector<unsigned>(15, 8), false},
           BacklogRow{"but not more frames", 8, std::vector<unsigned>(16, 8), true},
           BacklogRow{"large ones need two", 64, {64, 64}, true},
           BacklogRow{"one is not enough", 64, {64}, false},
           BacklogRow{"by ones", 1, std::vector<unsigned>(128, 1), true},
       }) {
    Backlog backlog;
    for (const unsigned received : row.received) backlog.note(received, row.burst);
    EXPECT_EQ(backlog.is_behind(), row.is_behind) << row.sentence;
    EXPECT_FALSE(backlog.wants_help()) << row.sentence;  // nobody knows whether it would pay
  }
}

// Bursts of 32 without end. The fourth is the first to be behind and is served, and so is one in
// sixteen from there; whether the others are given is what the last trial said.
TEST(Backlog, TriesOutWhatServingCosts) {
  for (const uint64_t cycles : {uint64_t{0}, uint64_t{kGiveCycles} * 32 - 1,
                                uint64_t{kGiveCycles} * 32, uint64_t{1'000'000}}) {
    Backlog backlog;
    for (unsigned burst = 1; burst <= 100; ++burst) {
      SCOPED_TRACE(testing::Message() << cycles << " cycles, burst " << burst);
      backlog.note(32, 32);
      const bool is_trial = burst % 16 == 4;
      EXPECT_EQ(backlog.is_trial(), is_trial);
      EXPECT_EQ(backlog.wants_help(), burst > 4 && !is_trial && cycles >= kGiveCycles * 32);
      if (is_trial) backlog.note_trial(cycles);
    }
  }
}

TEST(Backlog, BelievesTheLastTrial) {
  Backlog backlog;
  for (const bool pays : {true, false, true}) {
    do backlog.note(64, 64);
    while (!backlog.is_trial());
    backlog.note_trial(pays ? kGiveCycles * 64 : 0);
    backlog.note(64, 64);
    EXPECT_EQ(backlog.wants_help(), pays);
  }
  backlog.note(63, 64);
  EXPECT_FALSE(backlog.wants_help());
}

// Whatever the size of bursts, as long as all are full: the first that is behind is a trial, and
// there is one in each 512 frames.
TEST(Backlog, TriesOnceInSoManyFrames) {
  for (unsigned burst = 1; burst <= 64; ++burst) {
    Backlog backlog(0);
    unsigned trials = 0;
    bool was_behind = false;
    for (unsigned frames = 0; frames < kBehindFrames + 10 * kTrialFrames; frames += burst) {
      backlog.note(burst, burst);
      trials += backlog.is_trial() ? 1U : 0U;
      if (!was_behind && backlog.is_behind()) {
        EXPECT_TRUE(backlog.is_trial()) << burst;
      }
      was_behind = backlog.is_behind();
    }
    EXPECT_GE(trials, 10U) << burst;
    EXPECT_LE(trials, 11U) << burst;
  }
}

}  // namespace
}  // namespace carp::dpdk
