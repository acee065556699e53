// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/demotion.h"

#include <gtest/gtest.h>

#include <climits>

#include "tests/support/vectors.h"

namespace carp::proto {
namespace {

constexpr TimePoint at(int seconds) { return TimePoint(std::chrono::seconds(seconds)); }

class DemotionVector : public testing::TestWithParam<support::Vector> {};

// The level of FreeBSD 6.2: any cause means 240, whatever it amounts to (C85, D10). A negative
// amount (DEM-008, DEM-009) is an operator taking back what was never added.
TEST_P(DemotionVector, GivesTheSkewOfFreeBsd62) {
  const auto& params = GetParam().json["params"];
  Demotion demotion;
  static_cast<void>(demotion.adjust_operator(params["demotion"].get<int>(), at(0)));
  EXPECT_EQ(demotion.count(), params["suppress_preempt"]);
  EXPECT_EQ(effective_skew(params["advskew"].get<uint8_t>(), demotion.any()),
            GetParam().json["expect"]["freebsd62_advskew"]);
}

INSTANTIATE_TEST_SUITE_P(Vectors, DemotionVector, testing::ValuesIn(support::vectors("demotion")),
                         support::vector_name);

TEST(Demotion, EverySkewIsRaisedTo240AndNeverLowered) {
  for (int skew = 0; skew <= kSkewMax; ++skew) {
    const auto advskew = static_cast<uint8_t>(skew);
    EXPECT_EQ(effective_skew(advskew, false), advskew);
    EXPECT_EQ(effective_skew(advskew, true), std::max(skew, 240));
  }
}

TEST(Demotion, SumsAndCountsItsCauses) {
  Demotion demotion;
  EXPECT_FALSE(demotion.any());
  EXPECT_TRUE(demotion.raise("link lan0", "carp0", kDemotionAmount, at(1)));
  EXPECT_TRUE(demotion.raise("track uplink", "", 50, at(2)));
  EXPECT_TRUE(demotion.any());
  EXPECT_EQ(demotion.total(), 290);
  EXPECT_EQ(demotion.count(), 2);
  ASSERT_EQ(demotion.causes().size(), 2u);
  EXPECT_EQ(demotion.causes()[0].name, "link lan0");
  EXPECT_EQ(demotion.causes()[1].amount, 50);
}

TEST(Demotion, ACauseThatIsPresentKeepsItsTime) {
  Demotion demotion;
  EXPECT_TRUE(demotion.raise("link", "", 240, at(1)));
  EXPECT_FALSE(demotion.raise("link", "", 240, at(9)));
  EXPECT_EQ(demotion.causes()[0].since, at(1));
  EXPECT_TRUE(demotion.raise("link", "", 100, at(9)));
  EXPECT_EQ(demotion.causes()[0].since, at(1));
  EXPECT_EQ(demotion.total(), 100);
}

// C86: a lost link counts once for each virtual host on it; one that is removed counts no more.
TEST(Demotion, ACauseCountsOncePerSubject) {
  Demotion demotion;
  EXPECT_TRUE(demotion.raise("link lan0", "carp0", 240, at(1)));
  EXPECT_TRUE(demotion.raise("link lan0", "carp1", 240, at(1)));
  EXPECT_TRUE(demotion.raise("send errors", "carp1", 240, at(2)));
  EXPECT_EQ(demotion.count(), 3);
  EXPECT_FALSE(demotion.clear("link lan0", "carp2"));
  EXPECT_TRUE(demotion.clear_subject("carp1"));
  EXPECT_FALSE(demotion.clear_subject("carp1"));
  EXPECT_EQ(demotion.total(), 240);
  EXPECT_TRUE(demotion.clear("link lan0", "carp0"));
  EXPECT_FALSE(demotion.any());
}

TEST(Demotion, ClearingWhatIsAbsentChangesNothing) {
  Demotion demotion;
  EXPECT_FALSE(demotion.clear("link", ""));
  EXPECT_TRUE(demotion.raise("link", "", 240, at(1)));
  EXPECT_TRUE(demotion.clear("link", ""));
  EXPECT_FALSE(demotion.clear("link", ""));
  EXPECT_FALSE(demotion.any());
}

// D10: `demote -N` takes back only what `demote +N` added.
TEST(Demotion, TheOperatorTakesBackOnlyHisOwn) {
  Demotion demotion;
  EXPECT_TRUE(demotion.raise("link", "", 240, at(1)));
  EXPECT_FALSE(demotion.adjust_operator(-100, at(2)));
  EXPECT_TRUE(demotion.adjust_operator(100, at(3)));
  EXPECT_TRUE(demotion.adjust_operator(20, at(4)));
  EXPECT_EQ(demotion.total(), 360);
  EXPECT_EQ(demotion.causes()[1].since, at(3));
  EXPECT_TRUE(demotion.adjust_operator(-50, at(5)));
  EXPECT_EQ(demotion.total(), 310);
  EXPECT_TRUE(demotion.adjust_operator(-500, at(6)));
  EXPECT_EQ(demotion.total(), 240);
  EXPECT_EQ(demotion.count(), 1);
}

TEST(Demotion, StaysInRangeWhateverIsAdded) {
  Demotion demotion;
  for (int i = 0; i < 3; ++i) {
    static_cast<void>(demotion.adjust_operator(INT_MAX, at(i)));
    static_cast<void>(demotion.raise("cause " + std::to_string(i), "", INT_MAX, at(i)));
  }
  EXPECT_GT(demotion.total(), 0);
  EXPECT_EQ(demotion.wire_byte(), 255);
  EXPECT_TRUE(demotion.adjust_operator(INT_MIN, at(4)));
  EXPECT_EQ(demotion.count(), 3);
}

TEST(Demotion, TheWireByteIsTheSumUpTo255) {
  Demotion demotion;
  EXPECT_EQ(demotion.wire_byte(), 0);
  static_cast<void>(demotion.raise("a", "", 254, at(0)));
  EXPECT_EQ(demotion.wire_byte(), 254);
  static_cast<void>(demotion.raise("b", "", 2, at(0)));
  EXPECT_EQ(demotion.wire_byte(), 255);
}

}  // namespace
}  // namespace carp::proto
