// SPDX-License-Identifier: BSD-3-Clause
//
// Everything that can be full or empty: counted, freed, and over when there is room again.
#include <gtest/gtest.h>

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
  EXPECT_EQ(scene.count(Reason::punt_ring_full), 50U);
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
  for (unsigned i = 0; i < kAdvertRingSize + 1; ++i) {
    scene.deliver(advert_frame());
    scene.worker.poll_once();
  }
  EXPECT_EQ(scene.count(Reason::advert), kAdvertRingSize);
  EXPECT_EQ(scene.count(Reason::punt_ring_full), 1U);
  EXPECT_EQ(scene.pool.available(), scene.pool.size() - kAdvertRingSize);
  EXPECT_EQ(scene.mailbox.take_adverts(1, kIgnore), 1U);
  scene.deliver(advert_frame());
  scene.worker.poll_once();
  EXPECT_EQ(scene.count(Reason::advert), kAdvertRingSize + 1);
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

// What is in control's rings does not hinder answering: the pool is sized for it.
TEST(Full, PuntRingsCannotUseUpThePool) {
  const PoolUse use{.descriptors = 64, .ring_entries = kAdvertRingSize, .workers = 1};
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
