// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/interval.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/vectors.h"

namespace carp::proto {
namespace {

class TimingVector : public testing::TestWithParam<support::Vector> {};

// TMR-011 to TMR-013 have advbase 0: OpenBSD's master down time holds (D12).
TEST_P(TimingVector, IntervalAndMasterDownTimeAreRight) {
  const auto& params = GetParam().json["params"];
  const auto& expect = GetParam().json["expect"];
  const Pace pace{params["advbase"].get<uint8_t>(), params["advskew"].get<uint8_t>()};
  const Pace suppressed{pace.advbase, std::max(pace.advskew, kSkewSuppressed)};
  EXPECT_EQ(advert_interval(pace).count(), expect["advertise_every_us"]);
  EXPECT_EQ(advert_interval(suppressed).count(), expect["advertise_every_us_suppressed"]);
  const char* down = pace.advbase == 0 ? "openbsd_master_down_us" : "master_down_us";
  EXPECT_EQ(master_down_time(pace).count(), expect[down]);
}

INSTANTIATE_TEST_SUITE_P(Vectors, TimingVector, testing::ValuesIn(support::vectors("timing")),
                         support::vector_name);

// Calls `check` with all 65,536 paces, the best first: lower advbase, then lower advskew.
template <typename Check>
void for_every_pace(Check check) {
  for (int i = 0; i < 65536; ++i) {
    check(Pace{static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i & 255)});
  }
}

// Against the formulas of C60 to C62 and C64, in floating point and written out again.
TEST(Interval, EveryPaceFollowsTheFormulas) {
  for_every_pace([](Pace pace) {
    const double base = 1e6 * pace.advbase;
    const double skew = std::floor(pace.advskew * 1e6 / 256);
    const bool both_zero = pace == Pace{0, 0};
    const double interval = both_zero ? 3906 : base + skew;
    const double openbsd = std::floor(3 * std::max<int>(pace.advskew, 1) * 1e6 / 256);
    const double down = pace.advbase == 0 ? openbsd : 3 * base + skew;
    ASSERT_EQ(static_cast<double>(advert_interval(pace).count()), interval)
        << int{pace.advbase} << '/' << int{pace.advskew};
    ASSERT_EQ(static_cast<double>(master_down_time(pace).count()), down)
        << int{pace.advbase} << '/' << int{pace.advskew};
  });
}

// D4 rule 1: a master that keeps sending is never silenced, and one that stopped is silent before
// a peer of its own pace takes over.
TEST(Interval, TheLeaseOfEveryPaceLiesBetweenIntervalAndMasterDownTime) {
  for_every_pace([](Pace pace) {
    ASSERT_GT(lease_time(pace), advert_interval(pace))
        << int{pace.advbase} << '/' << int{pace.advskew};
    ASSERT_LT(lease_time(pace), master_down_time(pace))
        << int{pace.advbase} << '/' << int{pace.advskew};
  });
}

// No two paces tie, and the bow out is the worst of all (C84).
TEST(Interval, ElectionTimesOrderEveryPace) {
  Duration before{-1};
  for_every_pace([&before](Pace pace) {
    ASSERT_GT(election_time(pace), before) << int{pace.advbase} << '/' << int{pace.advskew};
    before = election_time(pace);
  });
  EXPECT_EQ(before, election_time(kBowOut));
}

TEST(Interval, AdvbaseZeroSkewZeroIsOneSlice) {
  EXPECT_EQ(advert_interval({0, 0}), Duration(3906));
  EXPECT_EQ(master_down_time({0, 0}), Duration(11718));
  EXPECT_EQ(election_time({0, 0}), Duration(0));
}

}  // namespace
}  // namespace carp::proto
