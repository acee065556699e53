// SPDX-License-Identifier: BSD-3-Clause
#include "lib/net/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace carp::net {
namespace {

enum class Fault { missing, broken };

TEST(Result, HoldsEitherAValueOrAReason) {
  const Result<int, Fault> good = 7;
  ASSERT_TRUE(good);
  EXPECT_EQ(good.value(), 7);
  const Result<int, Fault> bad = Fault::broken;
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error(), Fault::broken);
}

TEST(Result, CarriesWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>, Fault> result = std::make_unique<int>(7);
  const std::unique_ptr<int> taken = std::move(result.value());
  EXPECT_EQ(*taken, 7);
}

}  // namespace
}  // namespace carp::net
