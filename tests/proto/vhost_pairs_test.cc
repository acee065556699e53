// SPDX-License-Identifier: BSD-3-Clause
//
// The election between any two: every advertisement that can be heard against paces at the edges of
// each rule, with the rules written out again in whole microseconds; and what must hold between the
// two sides of one comparison, or a group would have no master, two, or a new one each second.
#include <gtest/gtest.h>

#include "tests/proto/vhost_scene.h"

namespace carp::proto {
namespace {

constexpr TimePoint kNow = kBegin + milliseconds(500);

constexpr Pace kEdges[] = {{0, 0},   {0, 1},     {0, 64},   {0, 239},  {0, 240},  {0, 254},
                           {1, 0},   {1, 1},     {1, 99},   {1, 100},  {1, 240},  {1, 254},
                           {2, 0},   {3, 100},   {84, 254}, {85, 0},   {85, 254}, {86, 0},
                           {128, 7}, {254, 254}, {255, 0},  {255, 254}};

// C62: microseconds, cut off.
[[nodiscard]] int64_t skew_us(int advskew) { return advskew * int64_t{1'000'000} / 256; }
[[nodiscard]] int64_t time_us(Pace pace) {
  return pace.advbase * int64_t{1'000'000} + skew_us(pace.advskew);
}

// C61 for our own pace while not demoted, C64 for advbase 0.
[[nodiscard]] int64_t down_us(Pace pace) {
  if (pace.advbase == 0) return 3 * std::max<int64_t>(pace.advskew, 1) * 1'000'000 / 256;
  return 3 * pace.advbase * int64_t{1'000'000} + skew_us(pace.advskew);
}

// C72, C73, C84, in their order.
[[nodiscard]] Reason takeover(Pace own, Pace peer, bool preempt) {
  const bool leaves = peer.advbase == 255 && peer.advskew == 255;
  const bool would_time_out = down_us(own) < time_us(peer);
  if (leaves && would_time_out) return Reason::master_bowed_out;
  if (preempt && time_us(own) < time_us(peer)) return Reason::preempting;
  return would_time_out ? Reason::master_timed_out : Reason::none;
}

[[nodiscard]] bool backup_takes_over(Pace own, Pace peer, bool preempt) {
  Vhost vhost = backup_vhost(own);
  return on_advert(vhost, {.pace = peer}, {.now = kNow, .preempt = preempt}).changed;
}

[[nodiscard]] bool master_yields(Pace own, Pace peer, bool peer_is_lower = false) {
  Vhost vhost = master_vhost(own);
  return on_advert(vhost, {.pace = peer, .from_lower_address = peer_is_lower},
                   {.now = kBegin + microseconds(1)})
      .changed;
}

template <typename Check>
void for_every_pace(Check check) {
  for (int i = 0; i < 65536; ++i) {
    check(Pace{static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i & 255)});
    if (testing::Test::HasFailure()) return;
  }
}

// C71 to C74 and C84 over all 65,536 paces.
TEST(VhostPairs, ABackupTakesOverFromExactlyThoseOfTheRules) {
  for (const Pace own : kEdges) {
    SCOPED_TRACE(std::to_string(own.advbase) + '/' + std::to_string(own.advskew));
    const Vhost fresh = backup_vhost(own);
    for_every_pace([&](Pace peer) {
      for (const bool preempt : {false, true}) {
        Vhost vhost = fresh;
        const Actions actions = on_advert(vhost, {.pace = peer}, {.now = kNow, .preempt = preempt});
        const Reason expected = takeover(own, peer, preempt);
        ASSERT_EQ(actions.reason, expected) << int{peer.advbase} << '/' << int{peer.advskew};
        const auto wait = microseconds(expected == Reason::none ? down_us(own)
                                       : own == Pace{0, 0}      ? skew_us(1)
                                                                : time_us(own));
        ASSERT_EQ(vhost.deadline, kNow + wait);
      }
    });
  }
}

// C71, D3: to a shorter time always, to an equal one by address, to a longer one never; nor to a
// bow out, whose time is the longest of all.
TEST(VhostPairs, AMasterYieldsToExactlyThoseOfTheRules) {
  for (const Pace own : kEdges) {
    SCOPED_TRACE(std::to_string(own.advbase) + '/' + std::to_string(own.advskew));
    for_every_pace([&](Pace peer) {
      const bool better = time_us(peer) < time_us(own);
      ASSERT_EQ(master_yields(own, peer, false), better)
          << int{peer.advbase} << '/' << int{peer.advskew};
      ASSERT_EQ(master_yields(own, peer, true), better || peer == own);
    });
  }
}

// Two masters that hear each other: exactly one goes, whoever they are (D3).
TEST(VhostPairs, OfTwoMastersExactlyOneYields) {
  for (const Pace a : kEdges)
    for (const Pace b : kEdges)
      for (const bool a_is_lower : {false, true})
        EXPECT_NE(master_yields(a, b, !a_is_lower), master_yields(b, a, a_is_lower))
            << time_us(a) << " and " << time_us(b);
}

// With preempt a host takes over from just those who would yield to it: else it would be sent back
// at once, and the two would trade places without end.
TEST(VhostPairs, APreempterIsYieldedToAndStays) {
  for (const Pace own : kEdges)
    for (const Pace master : kEdges) {
      if (takeover(own, master, true) != Reason::preempting) continue;
      EXPECT_TRUE(master_yields(master, own)) << time_us(own) << " and " << time_us(master);
      EXPECT_FALSE(master_yields(own, master, true));
      EXPECT_FALSE(backup_takes_over(master, own, true));  // nor does it come back
    }
}

// The yielding of masters orders all paces: who yields to b, and b to c, yields to c.
TEST(VhostPairs, YieldingIsTransitive) {
  for (const Pace a : kEdges)
    for (const Pace b : kEdges) {
      if (!master_yields(a, b)) continue;
      for (const Pace c : kEdges)
        if (master_yields(b, c)) {
          EXPECT_TRUE(master_yields(a, c));
        }
    }
}

// C78, D3: the order of addresses is total, so of two hosts one and only one is the lower.
TEST(VhostPairs, OfTwoAddressesExactlyOnePrecedes) {
  constexpr uint32_t kOctets[] = {0, 1, 9, 127, 128, 200, 255};
  std::vector<uint32_t> addresses;
  for (const uint32_t first : kOctets)
    for (const uint32_t last : kOctets) addresses.push_back(first << 24 | 99u << 16 | last);
  for (const uint32_t a : addresses)
    for (const uint32_t b : addresses) {
      EXPECT_EQ(precedes_on_tie(a, b) + precedes_on_tie(b, a), a == b ? 0 : 1);
      for (const uint32_t c : addresses)
        if (precedes_on_tie(a, b) && precedes_on_tie(b, c)) {
          EXPECT_TRUE(precedes_on_tie(a, c));
        }
    }
}

}  // namespace
}  // namespace carp::proto
