// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace carp::control {
namespace {

using proto::Duration;

TEST(Histogram, IsEmptyAtFirst) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.quantile_us(0.99), 0u);
  EXPECT_EQ(histogram.max_us(), 0u);
}

TEST(Histogram, TellsTheLongestOfAll) {
  Histogram histogram;
  for (const int64_t us : {7L, -3L, 5'000'000'000L, 9L}) histogram.add(Duration(us));
  EXPECT_EQ(histogram.count(), 4u);
  EXPECT_EQ(histogram.max_us(), 5'000'000'000u);
  EXPECT_EQ(histogram.quantile_us(1), 4'294'967'295u);  // where buckets end
  EXPECT_EQ(histogram.quantile_us(0.25), 0u);
}

TEST(Histogram, IsExactForShortTimes) {
  Histogram histogram;
  for (int us = 1; us <= 32; ++us) histogram.add(Duration(us));
  for (int us = 1; us <= 31; ++us) EXPECT_EQ(histogram.quantile_us(us / 32.0), uint64_t(us));
}

// Each length alone: said as it is or up to a sixteenth longer, and never shorter.
TEST(Histogram, NeverSaysTooShortAndHardlyTooLong) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t us = random() >> (32 + random() % 32);
    Histogram histogram;
    histogram.add(Duration(static_cast<int64_t>(us)));
    histogram.add(Duration(static_cast<int64_t>(2 * us)));
    const uint64_t said = histogram.quantile_us(0.5);
    ASSERT_GE(said, us);
    ASSERT_LE(said, us + us / 16);
  }
}

TEST(Histogram, KnowsTheQuantilesOfAList) {
  std::mt19937_64 random(5);
  std::vector<uint64_t> list(10'000);
  Histogram histogram;
  for (uint64_t& us : list) {
    us = random() % 100'000;
    histogram.add(Duration(static_cast<int64_t>(us)));
  }
  std::ranges::sort(list);
  for (const double share : {0.01, 0.5, 0.99, 0.999, 1.0}) {
    const uint64_t exact = list[static_cast<size_t>(std::ceil(share * 10'000)) - 1];
    EXPECT_GE(histogram.quantile_us(share), exact);
    EXPECT_LE(histogram.quantile_us(share), exact + exact / 16);
  }
}

// Powers of two lie between two buckets, so nothing is said too few or too many.
TEST(Histogram, CountsExactlyBelowPowersOfTwo) {
  std::mt19937_64 random(7);
  std::vector<uint64_t> list;
  Histogram histogram;
  uint64_t sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    list.push_back(random() >> (32 + random() % 32));
    if (i % 100 < 32) list.back() = uint64_t{1} << (i % 100);
    histogram.add(Duration(static_cast<int64_t>(list.back())));
    sum += list.back();
  }
  EXPECT_EQ(histogram.sum_us(), sum);
  for (unsigned exponent = 0; exponent <= 31; ++exponent) {
    const auto exact =
        std::ranges::count_if(list, [=](uint64_t us) { return us < uint64_t{1} << exponent; });
    EXPECT_EQ(histogram.count_below(exponent), static_cast<uint64_t>(exact)) << exponent;
  }
}

}  // namespace
}  // namespace carp::control
