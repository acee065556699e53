// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/pair_memory.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/proto/adverts.h"

namespace carp::proto {
namespace {

using Known = PairMemory::Known;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TimePoint kStart{seconds(1000)};
constexpr size_t kPlenty = 16 << 20;

[[nodiscard]] Known find(const PairMemory& memory, uint64_t counter) {
  return memory.find(counter, digest_for(counter));
}

// Inserts a pair whose counter is the highest so far.
void insert(PairMemory& memory, uint64_t counter, TimePoint now, Known how = Known::accepted) {
  memory.insert(counter, digest_for(counter), how, counter, now);
}

TEST(PairMemory, TellsAcceptedFromSent) {
  PairMemory memory(kPlenty, std::nullopt);
  EXPECT_EQ(find(memory, 1), Known::no);
  insert(memory, 1, kStart, Known::accepted);
  insert(memory, 2, kStart, Known::sent);
  EXPECT_EQ(find(memory, 1), Known::accepted);
  EXPECT_EQ(find(memory, 2), Known::sent);
  EXPECT_EQ(find(memory, 3), Known::no);
}

// Neither counter nor digest alone makes a pair.
TEST(PairMemory, LooksAtCounterAndDigest) {
  PairMemory memory(kPlenty, std::nullopt);
  insert(memory, 1, kStart);
  EXPECT_EQ(memory.find(2, digest_for(1)), Known::no);
  EXPECT_EQ(memory.find(1, digest_for(2)), Known::no);
}

TEST(PairMemory, HasNoFloorWhileNothingIsForgotten) {
  PairMemory memory(kPlenty, std::nullopt);
  insert(memory, 7, kStart);
  memory.expire(kStart + hours(24) - Duration(1));
  EXPECT_EQ(memory.floor(), std::nullopt);
  EXPECT_EQ(find(memory, 7), Known::accepted);
}

TEST(PairMemory, ForgettingAfterADayRaisesTheFloor) {
  PairMemory memory(kPlenty, std::nullopt);
  insert(memory, 7, kStart);
  insert(memory, 9, kStart + hours(2));
  memory.expire(kStart + hours(24));
  EXPECT_EQ(find(memory, 7), Known::no);
  EXPECT_EQ(memory.floor(), 7u);
  EXPECT_EQ(find(memory, 9), Known::accepted);
  memory.expire(kStart + hours(26));
  EXPECT_EQ(memory.floor(), 9u);
  EXPECT_EQ(find(memory, 9), Known::no);
}

// Rule 2: without a tagged counter there is nothing a floor could be.
TEST(PairMemory, ForgettingUntaggedPairsAloneGivesNoFloor) {
  PairMemory memory(kPlenty, std::nullopt);
  memory.insert(7, digest_for(7), Known::accepted, std::nullopt, kStart);
  memory.expire(kStart + hours(25));
  EXPECT_EQ(memory.floor(), std::nullopt);
}

// Rule 5: the stored floor holds until something higher is forgotten.
TEST(PairMemory, KeepsAStoredFloorUntilItIsSurpassed) {
  PairMemory memory(kPlenty, 100);
  EXPECT_EQ(memory.floor(), 100u);
  memory.insert(50, digest_for(50), Known::accepted, 50, kStart);
  memory.expire(kStart + hours(25));
  EXPECT_EQ(memory.floor(), 100u);
  insert(memory, 200, kStart + hours(25));
  memory.expire(kStart + hours(50));
  EXPECT_EQ(memory.floor(), 200u);
}

// A source that repeats one pair for a day (rule 4) fills nothing.
TEST(PairMemory, ARepeatedPairTakesOneCellASpan) {
  PairMemory memory(PairMemory::kBudgetMin, std::nullopt);
  insert(memory, 1, kStart);
  for (int i = 0; i < 86400; ++i) insert(memory, 2, kStart + seconds(i % 3500));
  EXPECT_EQ(find(memory, 1), Known::accepted);
}

// A million pairs into each budget: the memory stays inside, what it forgot is at or below the
// floor, and what is above the floor is still known. Counters grow by one, so the floor says
// exactly where the memory begins.
TEST(PairMemory, AMillionPairsStayInsideEveryBudget) {
  for (const size_t budget : {size_t{1}, size_t{2048}, size_t{5000}, size_t{65536}, kPlenty}) {
    SCOPED_TRACE(budget);
    const size_t limit = std::max(budget, PairMemory::kBudgetMin);
    PairMemory memory(budget, std::nullopt);
    size_t highest_use = 0;
    for (uint64_t i = 1; i <= 1'000'000; ++i) {
      insert(memory, i, kStart + milliseconds(4 * i));
      highest_use = std::max(highest_use, memory.memory_bytes());
    }
    EXPECT_LE(highest_use, limit);
    EXPECT_GE(highest_use, budget == kPlenty ? limit / 4 : limit * 3 / 4);
    const uint64_t begins = memory.floor().value_or(0) + 1;
    for (uint64_t i = begins; i <= 1'000'000; ++i) ASSERT_EQ(find(memory, i), Known::accepted) << i;
    EXPECT_GE(1'000'001 - begins, budget == kPlenty ? 1'000'000 : limit / 24);
    EXPECT_EQ(find(memory, begins - 1), Known::no);
  }
}

// What a budget of all vhosts' 16 MB buys at 256 advertisements a second: more than two hours.
TEST(PairMemory, ABigBudgetRemembersHoursOfTheFastestPace) {
  PairMemory memory(kPlenty, std::nullopt);
  const uint64_t last = 3'000'000;
  for (uint64_t i = 1; i <= last; ++i) insert(memory, i, kStart + Duration(i * 1'000'000 / 256));
  EXPECT_LE(memory.memory_bytes(), kPlenty);
  EXPECT_GT(last - memory.floor().value(), 256u * 7200);
}

// Of a million strangers at most a few may look known; the fingerprints are a filter.
TEST(PairMemory, HardlyEverTakesAStrangerForKnown) {
  PairMemory memory(kPlenty, std::nullopt);
  for (uint64_t i = 0; i < 1'000'000; ++i) insert(memory, i + 1, kStart + milliseconds(4 * i));
  int mistaken = 0;
  for (uint64_t i = 0; i < 1'000'000; ++i) mistaken += find(memory, ~i) != Known::no;
  EXPECT_LE(mistaken, 2);
}

// Against a plain map of everything, at random paces over some days: what is accepted or sent in
// the last 24 hours and above the floor is known as what it was, and what is unknown again is
// neither younger than a day nor above the floor, unless the budget took it.
class PairMemoryModel : public testing::TestWithParam<unsigned> {};

TEST_P(PairMemoryModel, AgreesWithAMapOfEverything) {
  struct Fact {
    Known how;
    TimePoint at;
  };
  std::mt19937_64 random(GetParam());
  const bool is_small = GetParam() % 2 == 0;
  PairMemory memory(is_small ? 4096 : kPlenty, std::nullopt);
  std::map<uint64_t, Fact> facts;
  TimePoint now = kStart;
  uint64_t counter = 1000;
  for (int step = 0; step < 4000; ++step) {
    now += random() % 50 == 0 ? Duration(hours(random() % 9)) : Duration(seconds(random() % 90));
    counter += 1 + random() % 5;
    const Known how = random() % 2 == 0 ? Known::accepted : Known::sent;
    insert(memory, counter, now, how);
    facts[counter] = {how, now};
    ASSERT_EQ(find(memory, counter), how) << "step " << step;

    const auto fact = facts.lower_bound(1000 + random() % (counter - 999));
    const Known known = find(memory, fact->first);
    const bool is_young = now - fact->second.at < kMemoryTime;
    const bool is_below_floor = fact->first <= memory.floor().value_or(0);
    if (known == Known::no) {
      EXPECT_TRUE(is_below_floor) << "step " << step;
      EXPECT_TRUE(is_small || !is_young) << "step " << step;
    } else {
      EXPECT_EQ(known, fact->second.how) << "step " << step;
      EXPECT_LT(now - fact->second.at, kMemoryTime + hours(1)) << "step " << step;
    }
  }
  EXPECT_TRUE(memory.floor());
}

INSTANTIATE_TEST_SUITE_P(Seeds, PairMemoryModel, testing::Range(1u, 17u));

}  // namespace
}  // namespace carp::proto
