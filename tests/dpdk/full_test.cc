// SPDX-License-Identifier: BSD-3-Clause
//
// Everything that can be full or empty: counted, freed, and over when there is room again.
#include <gtest/gtest.h>

#include <algorithm>

#include "lib/dpdk/mbuf.h"
#include "tests/dpdk/scene.h"

namespace carp::dpdk {
namespace {

using dataplane::Reason;

const OnPunt kIgnore = [](dataplane::PortId, net::ConstBytes) {};

TEST(Full, ConflictsThatDoNotFitLeaveRoomForAdvertisements) {
  Scene scene("f_punt");
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  for (unsigned i = 0; i < kConflictRingSize + 50; ++i) scene.deliver(conflict_frame());
  scene.deliver(advert_frame());
  while (scene.worker.poll_once()) {
  }
  EXPECT_EQ(scene.count(Reason::arp_conflict), kConflictRingSize);
  EXPECT_EQ(scene.count(Reason::conflict_limited), 50U);
  EXPECT_EQ(scene.count(Reason::advert), 1U);
  EXPECT_EQ(scene.sum_of_reasons(), scene.worker.status().counters.received.get());
  EXPECT_EQ(scene.mailbox.take_adverts(~size_t{0}, kIgnore), 1U);
  EXPECT_EQ(scene.mailbox.take_conflicts(~size_t{0}, kIgnore), kConflictRingSize);
  EXPECT_EQ(scene.pool.available(), scene.pool.size());
}

TEST(Full, AdvertisementsThatDoNotFitAreCounted) {
  Scene scene("f_advert");
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  for (unsigned i = 0; i < kAdvertLaneSize + 1; ++i) {
    scene.deliver(advert_frame());
    scene.worker.poll_once();
  }
  EXPECT_EQ(scene.count(Reason::advert), kAdvertLaneSize);
  EXPECT_EQ(scene.count(Reason::advert_limited), 1U);
  EXPECT_EQ(scene.pool.available(), scene.pool.size() - kAdvertLaneSize);
  EXPECT_EQ(scene.mailbox.take_adverts(1, kIgnore), 1U);
  scene.deliver(advert_frame());
  scene.worker.poll_once();
  EXPECT_EQ(scene.count(Reason::advert), kAdvertLaneSize + 1);
}

TEST(Full, AnswersThatThePortRefusesAreFreedAndCounted) {
  Scene scene("f_tx", {.ring = {.ring_size = 16}});
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 10; ++i) scene.deliver(request_frame());
    scene.worker.poll_once();
  }
  EXPECT_EQ(scene.count(Reason::arp_answered), 15U);
  EXPECT_EQ(scene.count(Reason::transmit_full), 5U);
  EXPECT_EQ(scene.sum_of_reasons(), 20U);
  EXPECT_EQ(scene.wire.take_sent().size(), 15U);
  EXPECT_EQ(scene.pool.available(), scene.pool.size());
}

// A storm of each kind that control can be shown, and what must get through beside it.
TEST(Full, NoStormLeavesNoRoomForAnAdvertisement) {
  struct Storm {
    net::Frame frame;
    Reason punted;
    Reason limited;
    unsigned room;
  };
  const Storm storms[] = {
      {advert_frame(kUnexpected), Reason::advert_unexpected, Reason::unexpected_limited,
       kUnexpectedRingSize},
      {advert_frame(0, kUnknownVhid), Reason::advert_invalid, Reason::invalid_limited,
       kInvalidRingSize},
      {conflict_frame(), Reason::arp_conflict, Reason::conflict_limited, kConflictRingSize},
      {query_frame(), Reason::igmp_query, Reason::query_limited, kQueryRingSize},
      {advert_frame(0, 2), Reason::advert, Reason::advert_limited, kAdvertLaneSize}};
  for (const Storm& storm : storms) {
    SCOPED_TRACE(dataplane::info_of(storm.limited).name);
    Scene scene("f_storm");
    const auto table = scene.make_table(1);
    ASSERT_TRUE(scene.mailbox.post(&table));
    for (unsigned i = 0; i < 1000; ++i) {
      scene.deliver(storm.frame);
      scene.worker.poll_once();
    }
    EXPECT_EQ(scene.count(storm.punted), storm.room);
    EXPECT_EQ(scene.count(storm.limited), 1000U - storm.room);
    const uint64_t before = scene.count(Reason::advert);
    scene.deliver(advert_frame(7));
    scene.worker.poll_once();
    EXPECT_EQ(scene.count(Reason::advert), before + 1);
    EXPECT_EQ(scene.sum_of_reasons(), 1001U);
  }
}

// One lane is full of one vhid's; control takes them in turns, so the other vhid's first one is
// among the first two.
TEST(Full, AFullLaneWaitsForItsTurn) {
  Scene scene("f_lanes");
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  for (uint64_t mark = 0; mark < kAdvertLaneSize; ++mark) scene.deliver(advert_frame(mark, 2));
  scene.deliver(advert_frame(7));
  while (scene.worker.poll_once()) {
  }
  std::vector<net::Frame> taken;
  const OnPunt keep = [&](dataplane::PortId, net::ConstBytes frame) {
    taken.emplace_back(frame.begin(), frame.end());
  };
  EXPECT_EQ(scene.mailbox.take_adverts(2, keep), 2U);
  EXPECT_NE(std::find(taken.begin(), taken.end(), advert_frame(7)), taken.end());
  EXPECT_EQ(scene.mailbox.take_adverts(kPuntsAtMost, keep), kAdvertLaneSize - 1);
  // Those of one vhid come in the order of the wire.
  for (uint64_t mark = 1; mark < kAdvertLaneSize; ++mark)
    EXPECT_EQ(taken[mark + 1], advert_frame(mark, 2)) << mark;
  EXPECT_EQ(scene.mailbox.take_adverts(kPuntsAtMost, keep), 0U);
}

// What is in control's rings does not hinder answering: the pool is sized for it.
TEST(Full, PuntRingsCannotUseUpThePool) {
  const PoolUse use{.descriptors = 64, .ring_entries = kPuntsAtMost, .workers = 1};
  MbufPool pool("f_pool", use, 0);
  EXPECT_GE(pool.size(), use.descriptors + use.ring_entries + 2 * use.burst);
}

TEST(Full, AnEmptyPoolGivesNoMbuf) {
  MbufPool pool("f_empty", {.descriptors = 1}, 0);
  std::vector<rte_mbuf*> taken;
  const net::Frame frame = request_frame();
  while (rte_mbuf* mbuf = mbuf_from(pool.handle(), frame)) taken.push_back(mbuf);
  EXPECT_EQ(taken.size(), pool.size());
  EXPECT_EQ(pool.available(), 0U);
  for (rte_mbuf* mbuf : taken) rte_pktmbuf_free(mbuf);
  EXPECT_EQ(pool.available(), pool.size());
}

}  // namespace
}  // namespace carp::dpdk
