// SPDX-License-Identifier: BSD-3-Clause
//
// Who was heard (I3.4): sorted and bounded whatever comes, and accepted hosts keep their place.
#include "lib/control/peers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

namespace carp::control {
namespace {

using proto::Duration;
using proto::TimePoint;

[[nodiscard]] Peer peer(uint8_t vhid, uint32_t source, int64_t heard, bool accepted = false) {
  return {.vhid = vhid,
          .source = {source},
          .last_heard = TimePoint(Duration(heard)),
          .accepted = accepted};
}

[[nodiscard]] auto key(const Peer& peer) {
  return std::tuple(peer.interface, peer.vhid, peer.source);
}

[[nodiscard]] bool knows(const Peers& peers, uint8_t vhid, uint32_t source) {
  return std::any_of(peers.all().begin(), peers.all().end(), [&](const Peer& known) {
    return known.vhid == vhid && known.source.value == source;
  });
}

TEST(Peers, OneThatIsKnownIsReplaced) {
  Peers peers;
  peers.note(peer(1, 7, 1));
  peers.note(peer(1, 7, 2, true));
  ASSERT_EQ(peers.all().size(), 1u);
  EXPECT_TRUE(peers.all()[0].accepted);
  EXPECT_EQ(peers.all()[0].last_heard, TimePoint(Duration(2)));
}

TEST(Peers, TheLongestUnheardRefusedOneOfTheVhidMakesPlace) {
  Peers peers;
  peers.note(peer(1, 1, 0, true));  // older, but accepted
  for (uint32_t i = 2; i <= kPeersPerVhidMax; ++i) peers.note(peer(1, i, i));
  peers.note(peer(2, 1, 0));  // of another vhid
  peers.note(peer(1, 100, 100));
  EXPECT_FALSE(knows(peers, 1, 2));
  EXPECT_TRUE(knows(peers, 1, 1) && knows(peers, 1, 3) && knows(peers, 1, 100));
  EXPECT_TRUE(knows(peers, 2, 1));
}

TEST(Peers, AcceptedOnesYieldToAcceptedOnesAlone) {
  Peers peers;
  for (uint32_t i = 1; i <= kPeersPerVhidMax; ++i) peers.note(peer(1, i, i, true));
  peers.note(peer(1, 100, 100));
  EXPECT_FALSE(knows(peers, 1, 100));
  peers.note(peer(1, 101, 101, true));
  EXPECT_TRUE(knows(peers, 1, 101));
  EXPECT_FALSE(knows(peers, 1, 1));
}

TEST(Peers, ForgetsAVhid) {
  Peers peers;
  peers.note(peer(1, 1, 1));
  peers.note(peer(2, 1, 1));
  peers.forget(0, 1);
  EXPECT_FALSE(knows(peers, 1, 1));
  EXPECT_TRUE(knows(peers, 2, 1));
}

// Random sources for random vhids, a flood of them: sorted, each once, within both limits, and the
// latest is always among them.
TEST(Peers, StaySortedAndBoundedInAFlood) {
  std::mt19937 random(1);
  Peers peers;
  for (int64_t i = 0; i < 10'000; ++i) {
    Peer next = peer(static_cast<uint8_t>(random()), random() % 100, i);
    next.interface = random() % 3;
    peers.note(next);
    const auto& all = peers.all();
    ASSERT_LE(all.size(), kPeersMax);
    const auto place = std::lower_bound(all.begin(), all.end(), next,
                                        [](auto& a, auto& b) { return key(a) < key(b); });
    ASSERT_TRUE(place != all.end() && place->last_heard == next.last_heard) << i;
    if (i % 1000 != 0) continue;
    ASSERT_TRUE(
        std::is_sorted(all.begin(), all.end(), [](auto& a, auto& b) { return key(a) < key(b); }));
    for (size_t j = kPeersPerVhidMax; j < all.size(); ++j)
      ASSERT_NE(std::tuple(all[j].interface, all[j].vhid),
                std::tuple(all[j - kPeersPerVhidMax].interface, all[j - kPeersPerVhidMax].vhid));
  }
}

}  // namespace
}  // namespace carp::control
