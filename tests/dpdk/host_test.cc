// SPDX-License-Identifier: BSD-3-Clause
//
// Frames between a port and the kernel: what a worker gives away, what it lets leave, and what
// becomes of them where there is no room.
#include <gtest/gtest.h>

#include "lib/dpdk/tsc_clock.h"
#include "tests/dpdk/host_scene.h"

namespace carp::dpdk {
namespace {

using dataplane::HostReason;
using dataplane::Reason;

TEST(Host, FramesForTheKernelReachItInOrder) {
  HostScene host("h_in");
  const auto table = host.make_table(1);
  host.adopt(table);
  for (uint8_t mark = 1; mark <= 3; ++mark) host.scene.deliver(to_kernel(mark));
  host.worker.poll_once();
  EXPECT_EQ(host.count(Reason::host_unicast), 3U);
  EXPECT_TRUE(host.thread.poll_once());
  ASSERT_EQ(host.kernels[0].taken.size(), 3U);
  for (uint8_t mark = 1; mark <= 3; ++mark)
    EXPECT_EQ(host.kernels[0].taken[mark - 1], to_kernel(mark));
  EXPECT_EQ(host.thread.status(0).to_host.get(), 3U);
  EXPECT_FALSE(host.thread.poll_once());
  EXPECT_TRUE(host.is_all_free());
}

// The tag names the kernel interface and stays here.
TEST(Host, EachVlanHasItsKernelInterface) {
  HostScene host("h_vlan");
  const auto table = host.make_table(1);
  host.adopt(table);
  const net::Frame tagged = support::ipv4_frame({.destination_mac = net::virtual_mac(1),
                                                 .source_mac = kClientMac,
                                                 .vlan = kVlan,
                                                 .source = kClientIp,
                                                 .destination = kSharedIp,
                                                 .protocol = 17},
                                                std::vector<uint8_t>(64));
  host.scene.deliver(tagged);
  host.scene.deliver(to_kernel());
  host.worker.poll_once();
  host.thread.poll_once();
  ASSERT_EQ(host.kernels[1].taken.size(), 1U);
  EXPECT_EQ(host.kernels[1].taken[0].size(), tagged.size() - 4);
  EXPECT_EQ(host.kernels[0].taken.size(), 1U);

  host.kernels[1].sends.push_back(from_kernel());
  host.thread.poll_once();
  host.worker.poll_once();
  const auto sent = host.scene.wire.take_sent();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].size(), from_kernel().size() + 4);
  EXPECT_EQ(host.count(1, HostReason::sent), 1U);
  EXPECT_TRUE(host.is_all_free());
}

TEST(Host, WhatTheKernelSaysLeavesInOrderAndPadded) {
  HostScene host("h_out");
  const auto table = host.make_table(1);
  host.adopt(table);
  const net::Frame request =
      support::arp_frame({.sender_mac = kPortMac, .sender_ip = kOwnIp, .target_ip = kClientIp});
  host.kernels[0].sends = {request, from_kernel(kOwnIp, 1), from_kernel(kOwnIp, 2)};
  EXPECT_TRUE(host.thread.poll_once());
  EXPECT_TRUE(host.worker.poll_once());
  const auto sent = host.scene.wire.take_sent();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[0], support::padded(request));
  EXPECT_EQ(sent[1], from_kernel(kOwnIp, 1));
  EXPECT_EQ(sent[2], from_kernel(kOwnIp, 2));
  EXPECT_EQ(host.thread.status(0).from_host.get(), 3U);
}

// D22: it waits in the ring while we are MASTER, and we are no longer when its turn comes.
TEST(Host, NothingDecidedLaterThanTheTableLeavesByAnOlderOne) {
  HostScene host("h_d22");
  const auto before = host.make_table(1);
  const auto after = host.make_table(2, false);
  host.adopt(before);
  host.kernels[0].sends = {from_kernel(kSharedIp), from_kernel(kOwnIp)};
  host.thread.poll_once();
  host.adopt(after);
  const auto sent = host.scene.wire.take_sent();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0], from_kernel(kOwnIp));
  EXPECT_EQ(host.count(0, HostReason::not_master), 1U);
  EXPECT_TRUE(host.is_all_free());
}

TEST(Host, TheKernelWaitsForTheFirstTable) {
  HostScene host("h_first");
  host.kernels[0].sends = {from_kernel()};
  host.thread.poll_once();
  host.worker.poll_once();
  EXPECT_TRUE(host.scene.wire.take_sent().empty());
  const auto table = host.make_table(1);
  host.adopt(table);
  EXPECT_EQ(host.scene.wire.take_sent().size(), 1U);
}

// I7.3: the kernel reads nothing, and ARP is answered in the midst of it.
TEST(Host, AFullRingIsCountedAndDelaysNoAnswer) {
  HostScene host("h_full");
  const auto table = host.make_table(1);
  host.adopt(table);
  for (unsigned i = 0; i < kHostTrafficSize + 50; ++i) {
    host.scene.deliver(to_kernel());
    host.worker.poll_once();
  }
  host.scene.deliver(request_frame());
  host.worker.poll_once();
  EXPECT_EQ(host.count(Reason::host_unicast), kHostTrafficSize);
  EXPECT_EQ(host.count(Reason::host_full), 50U);
  EXPECT_EQ(host.scene.wire.take_sent().size(), 1U);
  EXPECT_EQ(host.scene.pool.available(), host.scene.pool.size() - kHostTrafficSize);
  while (host.thread.poll_once()) {
  }
  EXPECT_EQ(host.kernels[0].taken.size(), kHostTrafficSize);
  EXPECT_TRUE(host.is_all_free());
}

// I6.5: the kernel answers for its groups, control for that of CARP. Neither ring may fill up.
TEST(Host, AQueryIsTheKernelsAndControls) {
  HostScene host("h_igmp");
  const auto table = host.make_table(1);
  host.adopt(table);
  const net::Frame query = support::query_frame({});
  constexpr unsigned kQueries = 200;
  for (unsigned i = 0; i < kQueries; ++i) {
    host.scene.deliver(query);
    host.worker.poll_once();
  }
  while (host.thread.poll_once()) {
  }
  EXPECT_EQ(host.count(Reason::host_query), kQueries);
  ASSERT_EQ(host.kernels[0].taken.size(), kQueries);
  EXPECT_EQ(host.kernels[0].taken[0], query);
  unsigned shown = 0;
  const auto look = [&](auto, net::ConstBytes frame) {
    ++shown;
    EXPECT_TRUE(std::ranges::equal(frame, query));
  };
  while (host.scene.mailbox.take_queries(16, look) == 16) {
  }
  EXPECT_GE(shown, 16U);
  EXPECT_LE(shown, kQueries);
  EXPECT_TRUE(host.is_all_free());
}

// A worker that does not poll: the kernel's own queues know best what to drop.
TEST(Host, WhatFindsNoRoomStaysWithTheKernel) {
  HostScene host("h_back");
  for (unsigned i = 0; i < kHostOutboxSize + 5; ++i) host.kernels[0].sends.push_back(from_kernel());
  while (host.thread.poll_once()) {
  }
  EXPECT_EQ(host.kernels[0].sends.size(), 5U);
  EXPECT_EQ(host.thread.status(0).from_host.get(), kHostOutboxSize);
  const auto table = host.make_table(1);
  host.adopt(table);
  EXPECT_TRUE(host.thread.poll_once());
  EXPECT_TRUE(host.kernels[0].sends.empty());
}

TEST(Host, WhatThePortRefusesIsCountedAndFreed) {
  HostScene host("h_tx", {.ring = {.ring_size = 16}});
  const auto table = host.make_table(1);
  host.adopt(table);
  for (unsigned i = 0; i < 20; ++i) host.kernels[0].sends.push_back(from_kernel());
  host.thread.poll_once();
  host.worker.poll_once();
  EXPECT_EQ(host.scene.wire.take_sent().size(), 15U);
  EXPECT_EQ(host.ways.outboxes()[0]->transmit_full.get(), 5U);
  EXPECT_TRUE(host.is_all_free());
}

TEST(Host, AStormForTheKernelIsLimited) {
  HostScene host("h_storm", {.worker = {.burst = 64}});
  const auto table = host.make_table(1);
  host.adopt(table);
  const net::Frame broadcast = to_kernel(0, net::kBroadcastMac);
  // More than a second's worth at once would take a second to send.
  const uint64_t sent = 2 * kHostStormAtOnce;
  const dataplane::Ticks begin = ticks_now();
  for (uint64_t i = 0; i < sent; ++i) {
    host.scene.deliver(broadcast);
    if (i % 64 == 63) host.worker.poll_once();
  }
  const double seconds =
      static_cast<double>(ticks_now() - begin) / static_cast<double>(ticks_per_second());
  const uint64_t limited = host.count(Reason::host_limited);
  EXPECT_EQ(limited + host.count(Reason::host_group), sent);
  EXPECT_LE(host.count(Reason::host_group),
            kHostStormAtOnce + static_cast<uint64_t>(seconds * kHostGroupASecond) + 1);
}

}  // namespace
}  // namespace carp::dpdk
