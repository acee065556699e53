// SPDX-License-Identifier: BSD-3-Clause
//
// D11 rule 4, sentence by sentence. The pair of a constant source is in the memory from its first
// advertisement on, so all but that one arrive as "not new".
#include "lib/proto/constant_sources.h"

#include <gtest/gtest.h>

#include "tests/proto/adverts.h"

namespace carp::proto {
namespace {

constexpr Pace kPace{1, 100};  // 1,390,625 us
constexpr Duration kInterval = advert_interval(kPace);
constexpr TimePoint kStart{std::chrono::seconds(1000)};
constexpr const char* kPeer = "10.0.0.2";
constexpr uint64_t kCounter = 0x98e8776631a17cad;

[[nodiscard]] Advert peer(Pace pace = kPace) { return advert_of(kPeer, kCounter, pace); }

// A peer that was heard once, at kStart.
[[nodiscard]] ConstantSources heard_once() {
  ConstantSources sources;
  EXPECT_TRUE(sources.admit(peer(), true, kStart));
  return sources;
}

// And once more in step.
[[nodiscard]] ConstantSources recognised() {
  ConstantSources sources = heard_once();
  EXPECT_TRUE(sources.admit(peer(), false, kStart + kInterval));
  return sources;
}

TEST(ConstantSources, TheFirstRepeatInStepIsAcceptedAndRecognised) {
  ConstantSources sources = heard_once();
  EXPECT_FALSE(sources.is_recognised(support::ip(kPeer)));
  EXPECT_TRUE(sources.admit(peer(), false, kStart + kInterval));
  EXPECT_TRUE(sources.is_recognised(support::ip(kPeer)));
  EXPECT_FALSE(sources.is_recognised(support::ip("10.0.0.3")));
}

// From 0.75 to 1.25 intervals, both included, and not a microsecond more.
TEST(ConstantSources, InStepIsThreeToFiveQuartersOfAnInterval) {
  constexpr Duration kLow = (kInterval * 3 + Duration(3)) / 4;  // rounded up: 0.75 is no integer
  constexpr Duration kHigh = kInterval * 5 / 4;
  const struct {
    Duration gap;
    bool accepted;
  } rows[] = {{Duration(0), false}, {kLow - Duration(1), false}, {kLow, true}, {kInterval, true},
              {kHigh, true},        {kHigh + Duration(1), false}};
  for (const auto& row : rows) {
    ConstantSources sources = heard_once();
    EXPECT_EQ(sources.admit(peer(), false, kStart + row.gap), row.accepted) << row.gap.count();
  }
}

TEST(ConstantSources, ARecognisedOneIsExemptFromTheRhythm) {
  ConstantSources sources = recognised();
  for (const int seconds : {1, 1, 90, 86400 * 30}) {
    EXPECT_TRUE(sources.admit(peer(), false, kStart + kInterval + std::chrono::seconds(seconds)));
  }
}

// A lost one before recognition costs one more: the rhythm is measured from the last heard.
TEST(ConstantSources, IsRecognisedOneIntervalAfterALoss) {
  ConstantSources sources = heard_once();
  EXPECT_FALSE(sources.admit(peer(), false, kStart + 2 * kInterval));
  EXPECT_TRUE(sources.admit(peer(), false, kStart + 3 * kInterval));
}

// Somebody repeats a recorded one in between: the real ones stay in step.
TEST(ConstantSources, AnEarlyRepeatDoesNotDisturbTheRhythm) {
  ConstantSources sources = heard_once();
  EXPECT_FALSE(sources.admit(peer(), false, kStart + kInterval / 2));
  EXPECT_TRUE(sources.admit(peer(), false, kStart + kInterval));
}

TEST(ConstantSources, AChangedPaceIsAcceptedOnceAndRecognitionStartsAnew) {
  constexpr Pace kOther{1, 240};
  ConstantSources sources = recognised();
  TimePoint now = kStart + kInterval + std::chrono::milliseconds(100);
  EXPECT_TRUE(sources.admit(peer(kOther), false, now));
  EXPECT_FALSE(sources.is_recognised(support::ip(kPeer)));
  EXPECT_FALSE(sources.admit(peer(kOther), false, now + std::chrono::milliseconds(1)));
  EXPECT_TRUE(sources.admit(peer(kOther), false, now + advert_interval(kOther)));
  EXPECT_TRUE(sources.is_recognised(support::ip(kPeer)));
}

TEST(ConstantSources, ASecondChangeIsRefusedUntilInStep) {
  ConstantSources sources = recognised();
  const TimePoint now = kStart + kInterval * 2;
  EXPECT_TRUE(sources.admit(peer({1, 240}), false, now));
  EXPECT_FALSE(sources.admit(peer({2, 0}), false, now + Duration(1)));
  EXPECT_TRUE(sources.admit(peer({2, 0}), false, now + Duration(1) + std::chrono::seconds(2)));
}

// Before the first repeat as well, or a host that is demoted right after its start would be lost.
TEST(ConstantSources, AChangeRightAfterTheFirstIsAcceptedOnce) {
  ConstantSources sources = heard_once();
  EXPECT_TRUE(sources.admit(peer({1, 240}), false, kStart + Duration(1)));
  EXPECT_FALSE(sources.admit(peer({1, 0}), false, kStart + Duration(2)));
}

TEST(ConstantSources, ABowOutIsAlwaysAcceptedAndKeepsTheRhythm) {
  for (ConstantSources sources : {heard_once(), recognised()}) {
    EXPECT_TRUE(sources.admit(peer(kBowOut), false, kStart + Duration(1)));
    EXPECT_TRUE(sources.admit(peer(kBowOut), false, kStart + Duration(2)));
  }
  ConstantSources sources = recognised();
  EXPECT_TRUE(sources.admit(peer(kBowOut), false, kStart + kInterval * 2));
  EXPECT_TRUE(sources.admit(peer(), false, kStart + std::chrono::hours(5)));
}

// Nothing of a source was accepted yet: what it repeats has to come in step, a bow out does not
// pass, nor does a change.
TEST(ConstantSources, ASourceOfKnownPairsAloneHasToComeInStep) {
  ConstantSources sources;
  EXPECT_FALSE(sources.admit(peer(kBowOut), false, kStart));
  EXPECT_EQ(sources.size(), 0u);
  EXPECT_FALSE(sources.admit(peer(), false, kStart));
  EXPECT_FALSE(sources.admit(peer(kBowOut), false, kStart + Duration(1)));
  EXPECT_FALSE(sources.admit(peer({1, 0}), false, kStart + Duration(2)));
  EXPECT_TRUE(sources.admit(peer({1, 0}), false, kStart + Duration(2) + std::chrono::seconds(1)));
}

// C48: a lone BSD has a new counter each time, and none of them is a repeat.
TEST(ConstantSources, NewPairsAlwaysPass) {
  ConstantSources sources;
  for (uint64_t i = 0; i < 1000; ++i) {
    EXPECT_TRUE(sources.admit(advert_of(kPeer, spread(i)), true, kStart + Duration(i)));
  }
  EXPECT_FALSE(sources.is_recognised(support::ip(kPeer)));
  EXPECT_LE(sources.size(), ConstantSources::kEntriesPerSource);
}

// An old advertisement of the same host with a counter of its earlier life passes as new, and must
// not take the place of the present one.
TEST(ConstantSources, AnOldCounterOfTheSourceDoesNotReplaceTheRecognisedOne) {
  ConstantSources sources = recognised();
  for (uint64_t i = 0; i < 10; ++i) {
    EXPECT_TRUE(sources.admit(advert_of(kPeer, i), true, kStart + kInterval + Duration(i)));
  }
  EXPECT_TRUE(sources.admit(peer(), false, kStart + kInterval * 2));
}

// A lone BSD beside a constant source: its many counters push out each other, not the one that is
// about to be recognised.
TEST(ConstantSources, ASourceWithManyCountersForgetsItsOwnFirst) {
  ConstantSources sources = heard_once();
  for (uint64_t i = 0; i < 100; ++i) {
    EXPECT_TRUE(sources.admit(advert_of("10.0.0.3", i), true, kStart + Duration(i + 1)));
  }
  EXPECT_TRUE(sources.admit(peer(), false, kStart + kInterval));
}

// Source addresses cost an attacker nothing: the number kept is bounded, and those recognised stay.
TEST(ConstantSources, AFloodOfSourcesIsBoundedAndForgetsTheUnrecognisedFirst) {
  ConstantSources sources = recognised();
  for (uint32_t i = 0; i < 10'000; ++i) {
    Advert advert = advert_of(kPeer, kCounter + i);
    advert.source.value = 0x0b000000 + i;
    EXPECT_TRUE(sources.admit(advert, true, kStart + kInterval + Duration(i)));
    EXPECT_LE(sources.size(), ConstantSources::kEntriesMax);
  }
  EXPECT_TRUE(sources.is_recognised(support::ip(kPeer)));
}

// C64: 256 advertisements a second are recognised like one a second.
TEST(ConstantSources, TheFastestPaceIsRecognised) {
  ConstantSources sources;
  EXPECT_TRUE(sources.admit(peer({0, 0}), true, kStart));
  EXPECT_TRUE(sources.admit(peer({0, 0}), false, kStart + Duration(3906)));
}

}  // namespace
}  // namespace carp::proto
