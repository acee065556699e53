// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/worker.h"

#include <gtest/gtest.h>

#include "lib/dpdk/mbuf.h"
#include "lib/dpdk/tsc_clock.h"
#include "tests/dpdk/scene.h"
#include "tests/support/frame_matcher.h"

namespace carp::dpdk {
namespace {

using dataplane::Reason;

TEST(Worker, AnswersAnArpRequestInTheSameMbuf) {
  Scene scene("w_arp");
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  scene.deliver(request_frame());
  EXPECT_TRUE(scene.worker.poll_once());
  const auto sent = scene.wire.take_sent();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(support::same_frame(sent[0], reply_frame()));
  EXPECT_EQ(scene.count(Reason::arp_answered), 1U);
  EXPECT_EQ(scene.pool.available(), scene.pool.size());
}

TEST(Worker, AnswersATaggedRequestWithTheTag) {
  Scene scene("w_vlan");
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  scene.deliver(request_frame(kVlan));
  scene.worker.poll_once();
  const auto sent = scene.wire.take_sent();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(support::same_frame(sent[0], reply_frame(kVlan)));
}

// net_af_packet hands the tag over beside the frame: what goes out must carry it again.
TEST(Worker, PutsBackATagThatTheDriverTookOut) {
  Scene scene("w_strip");
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  rte_mbuf* mbuf = mbuf_from(scene.pool.handle(), request_frame());
  mbuf->vlan_tci = kVlan;
  mbuf->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
  scene.wire.deliver(mbuf);
  scene.worker.poll_once();
  const auto sent = scene.wire.take_sent();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(support::same_frame(sent[0],
                                  support::padded(reply_frame(kVlan), request_frame().size() + 4)));
}

TEST(Worker, DropsAllWithoutATable) {
  Scene scene("w_none");
  scene.deliver(request_frame());
  scene.deliver(advert_frame());
  scene.worker.poll_once();
  EXPECT_EQ(scene.count(Reason::no_table), 2U);
  EXPECT_EQ(scene.wire.sent_count(), 0U);
  EXPECT_EQ(scene.pool.available(), scene.pool.size());
}

TEST(Worker, DropsAFrameOfTwoSegments) {
  Scene scene("w_seg");
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  rte_mbuf* head = mbuf_from(scene.pool.handle(), request_frame());
  ASSERT_EQ(rte_pktmbuf_chain(head, mbuf_from(scene.pool.handle(), request_frame())), 0);
  scene.wire.deliver(head);
  scene.worker.poll_once();
  EXPECT_EQ(scene.count(Reason::segmented), 1U);
  EXPECT_EQ(scene.pool.available(), scene.pool.size());
}

TEST(Worker, HandsAdvertisementsAndConflictsToControlApart) {
  Scene scene("w_punt");
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  scene.deliver(conflict_frame());
  scene.deliver(advert_frame(5));
  scene.deliver(advert_frame(kUnexpected));
  scene.deliver(advert_frame(5, kUnknownVhid));
  scene.worker.poll_once();
  EXPECT_EQ(scene.count(Reason::advert), 1U);
  EXPECT_EQ(scene.count(Reason::arp_conflict), 1U);
  const auto expect = [&](const net::Frame& frame) {
    return [&, frame](dataplane::PortId port, net::ConstBytes bytes) {
      EXPECT_EQ(port, scene.port.id());
      EXPECT_TRUE(support::same_frame(bytes, frame));
    };
  };
  EXPECT_EQ(scene.count(Reason::advert_unexpected), 1U);
  EXPECT_EQ(scene.count(Reason::advert_invalid), 1U);
  EXPECT_EQ(scene.mailbox.take_adverts(10, expect(advert_frame(5))), 1U);
  EXPECT_EQ(scene.mailbox.take_unexpected(10, expect(advert_frame(kUnexpected))), 1U);
  EXPECT_EQ(scene.mailbox.take_invalid(10, expect(advert_frame(5, kUnknownVhid))), 1U);
  EXPECT_EQ(scene.mailbox.take_conflicts(10, expect(conflict_frame())), 1U);
  EXPECT_EQ(scene.pool.available(), scene.pool.size());
}

TEST(Worker, TakesNoMorePuntsThanTheLimit) {
  Scene scene("w_limit");
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  for (uint8_t mark = 0; mark < 5; ++mark) scene.deliver(advert_frame(mark));
  scene.worker.poll_once();
  const OnPunt ignore = [](dataplane::PortId, net::ConstBytes) {};
  EXPECT_EQ(scene.mailbox.take_adverts(3, ignore), 3U);
  EXPECT_EQ(scene.mailbox.take_adverts(3, ignore), 2U);
}

// arp_limit, echo_limit (I2.11): what is over is counted by its name, other clients are served, and
// the next second begins anew.
TEST(Worker, AnswersAClientNoMoreOftenThanItsLimit) {
  Scene scene("w_share", {.worker = {.arp_limit = 3, .echo_limit = 2}});
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  const auto echo = [](net::Ipv4Address client) {
    return support::ipv4_frame({.destination_mac = net::virtual_mac(1),
                                .source_mac = kClientMac,
                                .source = client,
                                .destination = kSharedIp},
                               support::icmp_message(net::kIcmpEchoRequest, 0));
  };
  for (int i = 0; i < 10; ++i) {
    scene.deliver(request_frame());
    scene.deliver(echo(kClientIp));
  }
  scene.deliver(echo(net::Ipv4Address{kClientIp.value + 1}));
  scene.worker.poll_once();  // one burst, so one reading of the clock
  EXPECT_EQ(scene.count(Reason::arp_answered), 3U);
  EXPECT_EQ(scene.count(Reason::arp_limited), 7U);
  EXPECT_EQ(scene.count(Reason::echo_answered), 3U);
  EXPECT_EQ(scene.count(Reason::echo_limited), 8U);
  EXPECT_EQ(scene.wire.take_sent().size(), 6U);
  EXPECT_EQ(scene.sum_of_reasons(), 21U);
  const dataplane::Ticks next = ticks_now() / ticks_per_second() + 1;
  while (ticks_now() / ticks_per_second() < next) {
  }
  scene.deliver(request_frame());
  scene.worker.poll_once();
  EXPECT_EQ(scene.count(Reason::arp_answered), 4U);
  EXPECT_EQ(scene.wire.take_sent().size(), 1U);
  EXPECT_EQ(scene.pool.available(), scene.pool.size());
}

// The lease is over: the table alone does not make a worker answer (D4).
TEST(Worker, IsSilentWhenTheLeaseHasLapsed) {
  Scene scene("w_lease");
  dataplane::ForwardTable table(1, scene.leases, {{scene.port.id(), net::kUntagged, kPortMac}});
  const dataplane::Slot slot{.mac = net::virtual_mac(1),
                             .source = net::virtual_mac(1),
                             .lease = 1,
                             .vhid = 1,
                             .master = true};
  table.add(0, kSharedIp, true, {&slot, 1});
  ASSERT_TRUE(scene.mailbox.post(&table));
  scene.leases.set(1, 1);
  scene.deliver(request_frame());
  scene.worker.poll_once();
  EXPECT_EQ(scene.count(Reason::lease_lapsed), 1U);
  scene.leases.set(1, ~dataplane::Ticks{0});
  scene.deliver(request_frame());
  scene.worker.poll_once();
  EXPECT_EQ(scene.count(Reason::arp_answered), 1U);
}

TEST(Worker, WithoutAQueueStillAdoptsTables) {
  Scene scene("w_idle");
  Worker idle({}, {}, scene.mailbox);
  const auto table = scene.make_table(3);
  ASSERT_TRUE(scene.mailbox.post(&table));
  EXPECT_TRUE(idle.poll_once());
  EXPECT_EQ(idle.status().applied_generation.load(), 3U);
  EXPECT_FALSE(idle.poll_once());
  EXPECT_EQ(idle.status().polls.get(), 2U);
}

// Frames of every kind in bursts of every size: each is counted once, under one reason.
TEST(Worker, CountsEveryFrameOnce) {
  for (const uint16_t burst : {uint16_t{1}, uint16_t{7}, kMaxBurst}) {
    Scene scene("w_count", {.worker = {.burst = burst}});
    const auto table = scene.make_table(1);
    ASSERT_TRUE(scene.mailbox.post(&table));
    const net::Frame tiny(5);
    for (int i = 0; i < 20; ++i) {
      scene.deliver(request_frame());
      scene.deliver(advert_frame());
      scene.deliver(tiny);
      scene.deliver(request_frame(99));
      scene.deliver(request_frame());
    }
    while (scene.worker.poll_once()) {
    }
    EXPECT_EQ(scene.worker.status().counters.received.get(), 100U);
    EXPECT_EQ(scene.sum_of_reasons(), 100U);
    EXPECT_EQ(scene.count(Reason::arp_answered), 40U);
    EXPECT_EQ(scene.count(Reason::advert), 20U);
    EXPECT_EQ(scene.count(Reason::too_short), 20U);
    EXPECT_EQ(scene.count(Reason::unknown_vlan), 20U);
  }
}

TEST(Worker, ServesAllItsQueuesInOnePoll) {
  Scene scene("w_queues", {.ring = {.rx_queues = 3}});
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  ASSERT_EQ(scene.worker.queues().size(), 3U);
  for (const unsigned queue : {0U, 1U, 2U}) scene.deliver(request_frame(), queue);
  scene.worker.poll_once();
  EXPECT_EQ(scene.wire.take_sent().size(), 3U);
}

// Until it is made anew: what came meanwhile is still there.
TEST(Worker, LeavesAPortAloneWhoseDeviceIsGone) {
  Scene scene("w_gone");
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  scene.worker.set_polled(scene.port.id(), false);
  scene.deliver(request_frame());
  while (scene.worker.poll_once()) {
  }
  EXPECT_EQ(scene.worker.status().counters.received.get(), 0U);
  scene.worker.set_polled(scene.port.id(), true);
  EXPECT_TRUE(scene.worker.poll_once());
  EXPECT_EQ(scene.count(Reason::arp_answered), 1U);
}

}  // namespace
}  // namespace carp::dpdk
