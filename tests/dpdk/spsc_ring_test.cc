// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/spsc_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace carp::dpdk {
namespace {

TEST(SpscRing, KeepsOrderAndHoldsExactlyItsCapacity) {
  SpscRing<uint32_t> ring("s_order", 5, 0);
  EXPECT_EQ(ring.capacity(), 5U);
  for (uint32_t i = 0; i < 5; ++i) EXPECT_TRUE(ring.push(i));
  EXPECT_FALSE(ring.push(5));
  EXPECT_EQ(ring.count(), 5U);
  EXPECT_EQ(ring.free_count(), 0U);
  for (uint32_t i = 0; i < 5; ++i) {
    uint32_t value = 99;
    EXPECT_TRUE(ring.pop(value));
    EXPECT_EQ(value, i);
  }
  uint32_t value = 99;
  EXPECT_FALSE(ring.pop(value));
  EXPECT_EQ(value, 99U);
}

TEST(SpscRing, PushesAndPopsAsManyAsFit) {
  SpscRing<uint32_t> ring("s_some", 5, 0);
  const uint32_t values[] = {1, 2, 3, 4};
  EXPECT_EQ(ring.push_some(values), 4U);
  EXPECT_EQ(ring.push_some(values), 1U);
  EXPECT_EQ(ring.push_some(values), 0U);
  uint32_t popped[3] = {};
  EXPECT_EQ(ring.pop_some(popped), 3U);
  EXPECT_THAT(popped, testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(ring.pop_some(popped), 2U);
  EXPECT_THAT(popped, testing::ElementsAre(4, 1, 3));
  EXPECT_EQ(ring.pop_some(popped), 0U);
  EXPECT_EQ(ring.push_some({}), 0U);
}

struct Wide {
  uint64_t first;
  uint64_t second;
  uint32_t third;
  uint32_t fourth;
};

// Two threads, values wider than a word: each comes out whole, once, in order.
TEST(SpscRing, PassesValuesWholeBetweenTwoThreads) {
  constexpr uint64_t kValues = 100'000;
  SpscRing<Wide> ring("s_threads", 64, 0);
  std::thread producer([&ring] {
    for (uint64_t i = 0; i < kValues; ++i) {
      while (!ring.push({i, ~i, static_cast<uint32_t>(i), 7})) std::this_thread::yield();
    }
  });
  uint64_t wrong = 0;
  for (uint64_t i = 0; i < kValues; ++i) {
    Wide value{};
    while (!ring.pop(value)) std::this_thread::yield();
    if (value.first != i || value.second != ~i || value.third != i || value.fourth != 7) ++wrong;
  }
  producer.join();
  EXPECT_EQ(wrong, 0U);
}

TEST(SpscRing, TwoOfOneNameAreRefused) {
  SpscRing<uint32_t> ring("s_name", 4, 0);
  EXPECT_THROW((SpscRing<uint32_t>("s_name", 4, 0)), StartError);
}

}  // namespace
}  // namespace carp::dpdk
