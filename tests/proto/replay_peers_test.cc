// SPDX-License-Identifier: BSD-3-Clause
//
// D11 with peers that behave as the living implementations do, over days of virtual time: who is
// legitimate must never be refused for long, and what an attacker recorded must never pass.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "lib/proto/replay.h"
#include "tests/proto/adverts.h"

namespace carp::proto {
namespace {

using Verdict = ReplayGuard::Verdict;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TimePoint kStart{seconds(5000)};
constexpr uint64_t kUnixMs = 1'795'000'000'000;
constexpr uint64_t kYearMs = 31'557'600'000;
constexpr uint64_t kLastTime = 0xffff'ffff'ffff;  // what 48 bits hold

[[nodiscard]] constexpr uint64_t tagged(uint64_t ms) { return kCounterTag << 48 | ms; }

// One of our own hosts.
struct Host {
  explicit Host(uint64_t unix_ms, std::optional<uint64_t> stored = std::nullopt,
                TimePoint at = kStart)
      : guard(ReplayPolicy::window, {unix_ms, at}, 1 << 20, stored) {}

  uint64_t send(TimePoint now) {
    const uint64_t counter = guard.next_counter(now);
    guard.note_sent(counter, digest_for(counter), now);
    return counter;
  }
  [[nodiscard]] Verdict hear(uint64_t counter, TimePoint now, const char* source = "10.0.0.2") {
    return guard.judge(advert_of(source, counter), now);
  }

  ReplayGuard guard;
};

// C48, C49: a fresh random counter each time until a peer was heard; then what was heard last, and
// one more each time.
struct Bsd {
  uint64_t send() {
    counter = knows_counter ? counter + 1 : random();
    return counter;
  }
  void hear(uint64_t heard) {
    knows_counter = true;
    counter = heard;
  }

  std::mt19937_64 random{1};
  bool knows_counter = false;
  uint64_t counter = 0;
};

TEST(ReplayPeers, ALoneBsdThatHeardNobodyIsAcceptedForDays) {
  Host own(kUnixMs);
  Bsd peer;
  for (int i = 0; i < 3 * 86400; i += 5) {
    ASSERT_EQ(own.hear(peer.send(), kStart + seconds(i)), Verdict::accept) << i;
  }
  EXPECT_EQ(own.guard.highest(), std::nullopt);
}

// It adds one a second where the clock adds a thousand: it falls behind our clock by the whole
// time, but never below what it said a day ago.
TEST(ReplayPeers, ABsdThatAdoptedOurCounterIsAcceptedForDays) {
  Host own(kUnixMs);
  Bsd peer;
  peer.hear(own.send(kStart));
  for (int i = 1; i < 5 * 86400; i += 3) {
    ASSERT_EQ(own.hear(peer.send(), kStart + seconds(i)), Verdict::accept) << i;
  }
  // Our first advertisement after that is far ahead of it, and it goes on from there.
  const TimePoint now = kStart + hours(120);
  peer.hear(own.send(now));
  EXPECT_EQ(own.hear(peer.send(), now + seconds(1)), Verdict::accept);
  EXPECT_EQ(own.hear(peer.send(), now + hours(30)), Verdict::accept);
}

// Everything an attacker recorded of that peer, at any later time.
TEST(ReplayPeers, NothingRecordedOfAnAdoptingBsdPassesLater) {
  Host own(kUnixMs);
  Bsd peer;
  peer.hear(own.send(kStart));
  std::vector<uint64_t> recorded;
  for (int i = 1; i < 2 * 86400; i += 30) {
    recorded.push_back(peer.send());
    ASSERT_EQ(own.hear(recorded.back(), kStart + seconds(i)), Verdict::accept);
    const uint64_t old = recorded[static_cast<size_t>(i) * 7919 % recorded.size()];
    ASSERT_EQ(own.hear(old, kStart + seconds(i)), Verdict::replay) << i;
  }
  for (const uint64_t counter : recorded) {
    ASSERT_EQ(own.hear(counter, kStart + hours(49)), Verdict::replay);
    ASSERT_EQ(own.hear(counter, kStart + hours(500)), Verdict::replay);
  }
}

// Rule 1's last sentence: the winner heard our higher counter before we yielded, and so is above
// the floor a day later. Without it, it would fall below.
TEST(ReplayPeers, AWinnerThatHeardUsOnceMoreIsAcceptedTheNextDay) {
  for (const bool sends_once_more : {true, false}) {
    Host own(kUnixMs);
    Bsd peer;
    peer.hear(own.send(kStart));
    const uint64_t first = peer.send();
    uint64_t last = 0;
    for (int i = 1; i < 600; ++i) last = own.send(kStart + seconds(i));  // it did not hear these
    ASSERT_EQ(own.hear(first, kStart + seconds(600)), Verdict::accept);
    ASSERT_TRUE(own.guard.is_behind(first, kStart + seconds(600)));
    if (sends_once_more) peer.hear(own.send(kStart + seconds(600)));
    Verdict verdict{};
    for (int i = 601; i < 26 * 3600; ++i) verdict = own.hear(peer.send(), kStart + seconds(i));
    EXPECT_EQ(verdict, sends_once_more ? Verdict::accept : Verdict::replay);
    EXPECT_EQ(own.guard.is_behind(peer.counter, kStart + hours(26)), !sends_once_more);
    EXPECT_GT(last, first);
  }
}

// C51, with one advertisement in five lost: refused only until two in a row arrive.
TEST(ReplayPeers, AnOpenBsdWithLostFramesIsRecognised) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    Host own(kUnixMs);
    bool was_lost = true;
    bool is_first = true;
    bool is_recognised = false;
    for (int i = 0; i < 100; ++i) {
      const bool is_lost = random() % 5 == 0;
      if (!is_lost) {
        const Verdict verdict = own.hear(0x98e8776631a17cad, kStart + seconds(i));
        is_recognised = is_recognised || !was_lost;
        const bool passes = is_first || is_recognised;
        ASSERT_EQ(verdict == Verdict::accept, passes) << round << ' ' << i;
        is_first = false;
      }
      was_lost = is_lost;
    }
    ASSERT_TRUE(own.guard.is_constant(support::ip("10.0.0.2")));
  }
}

// Two of our own: one clock is an hour behind. It takes over and goes on above the other's.
TEST(ReplayPeers, AHostWithASlowClockIsAcceptedWhenItTakesOver) {
  Host fast(kUnixMs);
  Host slow(kUnixMs - 3'600'000);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(slow.hear(fast.send(kStart + seconds(i)), kStart + seconds(i)), Verdict::accept);
  }
  uint64_t last = *fast.guard.highest();
  for (int i = 100; i < 3 * 86400; i += 7) {
    const uint64_t counter = slow.send(kStart + seconds(i));
    ASSERT_GT(counter, last);
    last = counter;
    ASSERT_EQ(fast.hear(counter, kStart + seconds(i)), Verdict::accept) << i;
  }
}

// Five years off in either direction is still one group.
TEST(ReplayPeers, ClocksYearsApartWorkTogether) {
  for (const uint64_t other : {kUnixMs + 5 * kYearMs, kUnixMs - 5 * kYearMs}) {
    Host own(kUnixMs);
    Host peer(other);
    for (int i = 0; i < 100; ++i) {
      const TimePoint now = kStart + i * hours(1);
      ASSERT_EQ(peer.hear(own.send(now), now), Verdict::accept) << i;
      ASSERT_EQ(own.hear(peer.send(now + seconds(1)), now + seconds(1)), Verdict::accept) << i;
    }
  }
}

// Rule 5: the counter goes on above the stored one even with a clock that starts in 1970, and such
// a host still goes by what the group says, within ten years of what is stored.
TEST(ReplayPeers, ARestartWithADeadClockGoesOnFromTheStoredCounter) {
  Host before(kUnixMs);
  const uint64_t last = before.send(kStart + hours(1));
  Host after(0, before.guard.highest());
  EXPECT_EQ(after.send(kStart + hours(2)), last + 60'001);  // a minute may not be stored
  const uint64_t group = tagged(kUnixMs + 400 * 86'400'000ull);
  EXPECT_EQ(after.hear(group, kStart + hours(2)), Verdict::accept);
  EXPECT_EQ(after.send(kStart + hours(2)), group + 1);
}

// While a peer's fast clock keeps our counter ahead of our own clock it grows by one for each
// advertisement: what was sent after the last storing is not said again. Simulator, seed 16543.
TEST(ReplayPeers, ARestartRepeatsNoCounterThatWasSentAfterTheStoring) {
  Host before(kUnixMs);
  ASSERT_EQ(before.hear(tagged(kUnixMs + 57'414'048), kStart), Verdict::accept);
  const auto stored = before.guard.highest();
  uint64_t last = 0;
  for (int i = 0; i < 256 * 60; ++i) last = before.send(kStart + i * milliseconds(4));
  Host after(kUnixMs + 60'000, stored);
  EXPECT_GT(after.send(kStart + seconds(61)), last);
}

// Across a restart nothing recorded up to the storing passes, and who went on does.
TEST(ReplayPeers, ARestartedHostRefusesWhatItHeardBefore) {
  Host before(kUnixMs);
  Bsd peer;
  peer.hear(before.send(kStart));
  std::vector<uint64_t> recorded;
  for (int i = 1; i < 1000; ++i) {
    recorded.push_back(peer.send());
    ASSERT_EQ(before.hear(recorded.back(), kStart + seconds(i)), Verdict::accept);
  }
  const TimePoint reboot{seconds(3)};
  Host after(kUnixMs + 1'000'000, before.guard.highest(), reboot);
  for (const uint64_t counter : recorded) ASSERT_EQ(after.hear(counter, reboot), Verdict::replay);
  EXPECT_EQ(after.hear(peer.send(), reboot), Verdict::accept);
  EXPECT_GT(after.send(reboot), peer.counter);
}

// A damaged file costs only that memory (rule 5): without the tag, or with a time that cannot be.
TEST(ReplayPeers, AStoredCounterThatCannotBeRightIsIgnored) {
  for (const uint64_t stored : {uint64_t{0}, uint64_t{77}, ~uint64_t{0}, tagged(kLastTime),
                                tagged(kUnixMs + 10 * kYearMs + 1)}) {
    Host own(kUnixMs, stored);
    EXPECT_EQ(own.guard.highest(), std::nullopt) << stored;
    EXPECT_EQ(own.send(kStart), tagged(kUnixMs)) << stored;
  }
}

TEST(ReplayPeers, AClockBeyondAllReasonStandsStill) {
  Host own(~uint64_t{0});
  EXPECT_EQ(own.send(kStart + hours(1)), tagged(uint64_t{1} << 47));
  EXPECT_EQ(own.send(kStart + hours(2)), tagged((uint64_t{1} << 47) + 1));
}

// The tag never overflows: not by the clock, not by what is heard, not by what is stored.
TEST(ReplayPeers, NoCounterNearTheEndOfTheTimeCarriesIntoTheTag) {
  for (const uint64_t unix_ms : {uint64_t{0}, kUnixMs, kLastTime - 1, kLastTime, ~uint64_t{0}}) {
    for (const uint64_t stored : {tagged(kLastTime), tagged(kLastTime / 2), tagged(0)}) {
      Host own(unix_ms, stored);
      for (const uint64_t heard : {tagged(kLastTime), tagged(kLastTime - 1), ~uint64_t{0}}) {
        EXPECT_EQ(own.hear(heard, kStart + hours(1000)), Verdict::accept);
      }
      for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(own.send(kStart + hours(1001)) >> 48, kCounterTag) << unix_ms << ' ' << stored;
      }
    }
  }
}

}  // namespace
}  // namespace carp::proto
