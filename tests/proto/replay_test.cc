// SPDX-License-Identifier: BSD-3-Clause
//
// D11 in detail, sentence by sentence: each test is named for one.
#include "lib/proto/replay.h"

#include <gtest/gtest.h>

#include "tests/proto/adverts.h"

namespace carp::proto {
namespace {

using Verdict = ReplayGuard::Verdict;
using std::chrono::hours;
using std::chrono::seconds;

constexpr TimePoint kStart{seconds(5000)};
constexpr uint64_t kUnixMs = 1'795'000'000'000;  // November 2026
constexpr uint64_t kYearMs = 31'557'600'000;
constexpr size_t kPlenty = 1 << 20;
constexpr const char* kPeer = "10.0.0.2";

[[nodiscard]] constexpr uint64_t tagged(uint64_t ms) { return kCounterTag << 48 | ms; }

[[nodiscard]] ReplayGuard guard(std::optional<uint64_t> stored = std::nullopt,
                                ReplayPolicy policy = ReplayPolicy::window,
                                uint64_t unix_ms = kUnixMs) {
  return {policy, {.unix_ms = unix_ms, .at = kStart}, kPlenty, stored};
}

[[nodiscard]] Verdict hear(ReplayGuard& guard, uint64_t counter, TimePoint now, Pace pace = {}) {
  return guard.judge(advert_of(kPeer, counter, pace), now);
}

// What a MASTER does once an interval.
uint64_t send(ReplayGuard& guard, TimePoint now) {
  const uint64_t counter = guard.next_counter(now);
  guard.note_sent(counter, digest_for(counter), now);
  return counter;
}

// --- rule 1: sending

TEST(ReplaySending, TheCounterIsTheTagAndTheTimeOfTheClock) {
  ReplayGuard own = guard();
  EXPECT_EQ(send(own, kStart), 0xca52'0000'0000'0000 | kUnixMs);
  EXPECT_EQ(send(own, kStart + seconds(90)), tagged(kUnixMs + 90'000));
}

TEST(ReplaySending, TheCounterIsRaisedToOneMoreThanTheHighestAccepted) {
  ReplayGuard own = guard();
  EXPECT_EQ(hear(own, tagged(kUnixMs + 1'000'000), kStart), Verdict::accept);
  EXPECT_EQ(send(own, kStart), tagged(kUnixMs + 1'000'001));
  EXPECT_EQ(send(own, kStart + seconds(1)), tagged(kUnixMs + 1'000'002));
  EXPECT_EQ(send(own, kStart + seconds(1001)), tagged(kUnixMs + 1'001'000));
}

TEST(ReplaySending, AnUntaggedCounterRaisesNothing) {
  ReplayGuard own = guard();
  EXPECT_EQ(hear(own, ~uint64_t{0}, kStart), Verdict::accept);
  EXPECT_EQ(own.highest(), std::nullopt);
  EXPECT_EQ(send(own, kStart), tagged(kUnixMs));
}

// 256 a second fall into the same millisecond only where the control thread catches up; even then,
// and for a counter that was taken but could not be sent.
TEST(ReplaySending, TheCounterAlwaysGrows) {
  ReplayGuard own = guard();
  uint64_t last = 0;
  for (int i = 0; i < 1000; ++i) {
    const TimePoint now = kStart + Duration(i * 100);
    const uint64_t counter = i % 3 == 0 ? own.next_counter(now) : send(own, now);
    EXPECT_GT(counter, last);
    last = counter;
  }
}

TEST(ReplaySending, ATimeBeforeTheClockWasReadIsTheClock) {
  ReplayGuard own = guard();
  EXPECT_EQ(own.next_counter(kStart - seconds(10)), tagged(kUnixMs));
}

TEST(ReplaySending, APeerIsBehindWithATaggedCounterBelowOurLast) {
  ReplayGuard own = guard();
  EXPECT_FALSE(own.is_behind(tagged(5), kStart));  // nothing sent yet
  const uint64_t sent = send(own, kStart);
  EXPECT_TRUE(own.is_behind(sent - 1, kStart));
  EXPECT_TRUE(own.is_behind(tagged(5), kStart));
  EXPECT_FALSE(own.is_behind(sent, kStart));  // as many as we have said
  EXPECT_FALSE(own.is_behind(sent + 1, kStart));
  EXPECT_FALSE(own.is_behind(5, kStart));  // untagged
}

// --- rule 2: tagged

TEST(ReplayTagged, APairPassesOnce) {
  ReplayGuard own = guard();
  EXPECT_EQ(hear(own, tagged(kUnixMs), kStart), Verdict::accept);
  EXPECT_EQ(hear(own, tagged(kUnixMs), kStart), Verdict::replay);
  EXPECT_EQ(hear(own, tagged(kUnixMs), kStart + seconds(1)), Verdict::replay);  // in step or not
}

// Below the highest, within the memory: lower counters are fine as long as they are new.
TEST(ReplayTagged, ALowerCounterPassesWhileItIsAboveTheFloor) {
  ReplayGuard own = guard();
  EXPECT_EQ(hear(own, tagged(kUnixMs), kStart), Verdict::accept);
  EXPECT_EQ(hear(own, tagged(kUnixMs - 7), kStart + hours(23)), Verdict::accept);
}

TEST(ReplayTagged, TheFloorIsTheHighestOfADayAgo) {
  ReplayGuard own = guard();
  const uint64_t sent = send(own, kStart);
  EXPECT_EQ(hear(own, tagged(kUnixMs + 50), kStart + hours(3)), Verdict::accept);
  const TimePoint next_day = kStart + hours(24);
  EXPECT_EQ(hear(own, sent - 1, next_day), Verdict::replay);
  EXPECT_EQ(hear(own, sent, next_day), Verdict::replay);  // forgotten, and not above the floor
  EXPECT_EQ(hear(own, sent + 1, next_day), Verdict::accept);
  EXPECT_EQ(hear(own, tagged(kUnixMs + 50), next_day), Verdict::replay);  // remembered
  EXPECT_EQ(hear(own, tagged(kUnixMs + 49), kStart + hours(27)), Verdict::replay);
}

// Forgetting for want of room raises the floor as well: a small memory replays nothing.
TEST(ReplayTagged, TheFloorIsWhereTheMemoryBegins) {
  ReplayGuard own(ReplayPolicy::window, {.unix_ms = kUnixMs, .at = kStart}, 1, std::nullopt);
  for (uint64_t i = 0; i < 5000; ++i) {
    EXPECT_EQ(hear(own, tagged(kUnixMs + i), kStart + Duration(i)), Verdict::accept);
  }
  for (uint64_t i = 0; i < 5000; ++i) {
    EXPECT_EQ(hear(own, tagged(kUnixMs + i), kStart + seconds(1)), Verdict::replay);
  }
}

TEST(ReplayTagged, ThereIsNoFloorWhileNothingIsKnown) {
  ReplayGuard own = guard();
  EXPECT_EQ(hear(own, tagged(0), kStart), Verdict::accept);  // no lower limit
}

TEST(ReplayTagged, AfterARestartTheFloorIsTheStoredOne) {
  ReplayGuard own = guard(tagged(kUnixMs));
  EXPECT_EQ(own.highest(), tagged(kUnixMs));
  EXPECT_EQ(hear(own, tagged(kUnixMs - 1), kStart), Verdict::replay);
  EXPECT_EQ(hear(own, tagged(kUnixMs), kStart), Verdict::replay);
  EXPECT_EQ(hear(own, tagged(kUnixMs + 1), kStart), Verdict::accept);
}

// Ten years ahead of our clock is tagged, a millisecond more is an untagged counter like any: it
// passes as new and raises nothing.
TEST(ReplayTagged, TheTimeIsAtMostTenYearsAheadOfOurClock) {
  const uint64_t limit = kUnixMs + 10 * kYearMs;
  ReplayGuard own = guard();
  EXPECT_EQ(hear(own, tagged(limit + 1), kStart), Verdict::accept);
  EXPECT_EQ(own.highest(), std::nullopt);
  EXPECT_EQ(hear(own, tagged(limit), kStart), Verdict::accept);
  EXPECT_EQ(own.highest(), tagged(limit));
}

// One that was recorded from a host whose clock stood in 1970 does not make the others untagged, of
// which each repetition in step would pass for OpenBSD's (rule 4).
TEST(ReplayTagged, AnOldRecordingDoesNotChangeWhatIsTagged) {
  ReplayGuard own = guard();
  EXPECT_EQ(hear(own, tagged(5000), kStart), Verdict::accept);
  EXPECT_EQ(hear(own, tagged(kUnixMs), kStart + seconds(1)), Verdict::accept);
  EXPECT_EQ(own.highest(), tagged(kUnixMs));
  for (int i = 2; i < 10; ++i)
    EXPECT_EQ(hear(own, tagged(kUnixMs), kStart + seconds(i)), Verdict::replay) << i;
}

// --- rules 3, 5 and 6

TEST(ReplayUntagged, EveryNewPairPassesAndNoOldOne) {
  ReplayGuard own = guard();
  for (uint64_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(hear(own, spread(i) >> 1, kStart + seconds(i)), Verdict::accept);
  }
  for (uint64_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(hear(own, spread(i) >> 1, kStart + seconds(2000)), Verdict::replay);
  }
}

TEST(ReplayUntagged, AConstantSourceIsRecognised) {
  ReplayGuard own = guard();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(hear(own, 77, kStart + seconds(i)), Verdict::accept);
    EXPECT_EQ(own.is_constant(support::ip(kPeer)), i > 0);
  }
}

// Exempt for good: after its pair was forgotten, and remembered anew.
TEST(ReplayUntagged, AConstantSourcePassesForDays) {
  ReplayGuard own = guard();
  for (int i = 0; i < 3 * 24 * 60; ++i) {
    ASSERT_EQ(hear(own, 77, kStart + i * seconds(60), {60, 0}), Verdict::accept) << i;
  }
}

// Rule 5: changes nothing, so the real one still passes and nothing grows.
TEST(ReplayDropped, ChangesNothing) {
  ReplayGuard own = guard(tagged(kUnixMs));
  EXPECT_EQ(hear(own, tagged(kUnixMs - 5), kStart), Verdict::replay);
  EXPECT_EQ(own.highest(), tagged(kUnixMs));
  EXPECT_EQ(own.next_counter(kStart), tagged(kUnixMs + 60'001));  // rule 5
  EXPECT_EQ(hear(own, tagged(kUnixMs - 5), kStart), Verdict::replay);
}

TEST(ReplayLoop, APairWeSentIsOursComeBack) {
  for (const ReplayPolicy policy : {ReplayPolicy::window, ReplayPolicy::off}) {
    ReplayGuard own = guard(std::nullopt, policy);
    const uint64_t sent = send(own, kStart);
    EXPECT_EQ(hear(own, sent, kStart + seconds(1)), Verdict::loop);
    EXPECT_EQ(hear(own, sent, kStart + seconds(1), {1, 254}), Verdict::loop);  // re-skewed
    EXPECT_EQ(hear(own, sent + 1, kStart + seconds(2)), Verdict::accept);      // a successor
  }
}

// --- replay = off

TEST(ReplayOff, RestoresC50) {
  ReplayGuard own = guard(tagged(kUnixMs), ReplayPolicy::off);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(hear(own, tagged(kUnixMs + 9), kStart), Verdict::accept);
    EXPECT_EQ(hear(own, tagged(3), kStart), Verdict::accept);
    EXPECT_EQ(hear(own, 77, kStart), Verdict::accept);
  }
  EXPECT_EQ(own.highest(), tagged(kUnixMs + 9));
}

TEST(ReplayOff, StillRemembersForWhenItIsSwitchedOn) {
  ReplayGuard own = guard(std::nullopt, ReplayPolicy::off);
  EXPECT_EQ(hear(own, tagged(kUnixMs), kStart), Verdict::accept);
  EXPECT_EQ(hear(own, 77, kStart), Verdict::accept);
  EXPECT_EQ(hear(own, 77, kStart + seconds(1)), Verdict::accept);
  own.set_policy(ReplayPolicy::window);
  EXPECT_EQ(hear(own, tagged(kUnixMs), kStart + seconds(2)), Verdict::replay);
  EXPECT_EQ(hear(own, 77, kStart + seconds(2)), Verdict::accept);  // recognised meanwhile
}

// --- who is verified first (no rule of D11: nothing is accepted or refused by it)

TEST(ReplayContinues, ATaggedCounterUpToSeventyMinutesAheadDoes) {
  constexpr uint64_t kLast = tagged(kUnixMs);
  constexpr uint64_t kFar = uint64_t{1} << 22;
  EXPECT_TRUE(continues(kLast, kLast + 1));
  EXPECT_TRUE(continues(kLast, kLast + 1000));
  EXPECT_TRUE(continues(kLast, kLast + kFar));
  EXPECT_FALSE(continues(kLast, kLast + kFar + 1));
  EXPECT_FALSE(continues(kLast, kLast));  // repeated
  EXPECT_FALSE(continues(kLast, kLast - 1));
  EXPECT_FALSE(continues(kLast, 0x1234'5678'9abc'def0));
}

// A BSD's plus one, and OpenBSD's same again (rule 4).
TEST(ReplayContinues, AnUntaggedCounterDoesIfItIsTheSameOrGoesOn) {
  EXPECT_TRUE(continues(7, 8));
  EXPECT_TRUE(continues(7, 7));
  EXPECT_FALSE(continues(7, 6));
  EXPECT_TRUE(continues(~uint64_t{0}, 0));
  EXPECT_FALSE(continues(0, ~uint64_t{0}));
}

TEST(ReplayContinues, WhatWasAcceptedOrSentLastCounts) {
  ReplayGuard own = guard();
  EXPECT_EQ(hear(own, tagged(kUnixMs + 5), kStart), Verdict::accept);
  EXPECT_EQ(own.latest(), tagged(kUnixMs + 5));
  EXPECT_EQ(hear(own, tagged(kUnixMs + 5), kStart), Verdict::replay);
  EXPECT_EQ(hear(own, 99, kStart), Verdict::accept);
  EXPECT_EQ(own.latest(), 99u);
  const uint64_t sent = send(own, kStart + seconds(1));
  EXPECT_EQ(own.latest(), sent);
}

// Who starts into a storm knows its group by the clock: half an hour early or late is no stranger.
TEST(ReplayContinues, BeforeTheFirstTheClockCounts) {
  const auto begins_with = [](uint64_t counter) { return continues(guard().latest(), counter); };
  constexpr uint64_t kHalfAnHour = 1'800'000;
  EXPECT_TRUE(begins_with(tagged(kUnixMs)));
  EXPECT_TRUE(begins_with(tagged(kUnixMs - kHalfAnHour)));
  EXPECT_TRUE(begins_with(tagged(kUnixMs + kHalfAnHour)));
  EXPECT_FALSE(begins_with(tagged(kUnixMs - 2 * kHalfAnHour)));
  EXPECT_FALSE(begins_with(tagged(kUnixMs + 2 * kHalfAnHour)));
  // A group whose counters run ahead of the clock is known by what was stored.
  const ReplayGuard restarted = guard(tagged(kUnixMs + kYearMs));
  EXPECT_TRUE(continues(restarted.latest(), tagged(kUnixMs + kYearMs + 60'000)));
  EXPECT_TRUE(continues(guard({}, ReplayPolicy::window, 5).latest(), tagged(6)));  // 1970
}

}  // namespace
}  // namespace carp::proto
