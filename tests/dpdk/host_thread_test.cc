// SPDX-License-Identifier: BSD-3-Clause
//
// The host thread with kernel interfaces that are down, gone or slow, and what it works with.
#include <gtest/gtest.h>
#include <rte_ethdev.h>

#include <chrono>
#include <thread>

#include "lib/dpdk/mbuf.h"
#include "lib/dpdk/rate_limit.h"
#include "lib/dpdk/virtio_user.h"
#include "tests/dpdk/host_scene.h"

namespace carp::dpdk {
namespace {

TEST(HostThread, AnInterfaceThatIsDownRefusesByName) {
  HostScene host("h_down");
  const auto table = host.make_table(1);
  host.adopt(table);
  host.kernels[0].is_down = true;
  host.scene.deliver(to_kernel());
  host.worker.poll_once();
  host.thread.poll_once();
  EXPECT_EQ(host.thread.status(0).refused.get(), 1U);
  EXPECT_TRUE(host.is_all_free());
}

TEST(HostThread, ADeletedInterfaceIsMadeAnewAndTheOthersGoOn) {
  HostScene host("h_gone");
  const auto table = host.make_table(1);
  host.adopt(table);
  host.kernels[0].is_gone = true;
  host.thread.poll_once();
  EXPECT_TRUE(host.thread.status(0).gone);
  EXPECT_EQ(host.thread.status(0).reopened.get(), 0U);
  host.kernels[1].sends = {from_kernel()};
  host.thread.poll_once();
  host.worker.poll_once();
  EXPECT_EQ(host.scene.wire.take_sent().size(), 1U);

  host.kernels[0].may_reopen = true;
  const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (host.thread.status(0).gone && std::chrono::steady_clock::now() < latest)
    host.thread.poll_once();
  EXPECT_FALSE(host.thread.status(0).gone);
  EXPECT_EQ(host.thread.status(0).reopened.get(), 1U);
}

TEST(HostThread, TheThreadItselfCarriesBothWaysAndEnds) {
  HostScene host("h_thread");
  const auto table = host.make_table(1);
  host.adopt(table);
  host.kernels[0].sends = {from_kernel()};
  host.scene.deliver(to_kernel());
  host.worker.poll_once();
  host.thread.start();
  const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const HostStatus& status = host.thread.status(0);
  while (status.to_host.get() + status.from_host.get() < 2 &&
         std::chrono::steady_clock::now() < latest)
    std::this_thread::yield();
  host.thread.stop();
  host.worker.poll_once();
  EXPECT_EQ(host.kernels[0].taken.size(), 1U);
  EXPECT_EQ(host.scene.wire.take_sent().size(), 1U);
}

TEST(HostThread, FramesStillInARingAreFreedAtTheEnd) {
  Scene scene("h_end");
  {
    const std::array routes{HostRoute{.host = 0, .port = scene.port.id()}};
    const HostWays ways(routes, std::array{0});
    for (auto* ring : {&ways.inboxes()[0]->arp, &ways.inboxes()[0]->traffic})
      ASSERT_TRUE(ring->push({.mbuf = mbuf_from(scene.pool.handle(), to_kernel()), .host = 0}));
    ASSERT_TRUE(ways.outboxes()[0]->frames.push(mbuf_from(scene.pool.handle(), from_kernel())));
  }
  EXPECT_EQ(scene.pool.available(), scene.pool.size());
}

// ARP and what is for groups comes in storms. 1,000 ticks a second: one frame costs 10.
TEST(RateLimit, AdmitsABurstAndThenItsRate) {
  RateLimit limit(100, 5, 1000);
  const auto admitted = [&](dataplane::Ticks now, int asked) {
    int count = 0;
    for (int i = 0; i < asked; ++i) count += limit.admit(now) ? 1 : 0;
    return count;
  };
  EXPECT_EQ(admitted(0, 20), 5);
  EXPECT_EQ(admitted(9, 20), 0);
  EXPECT_EQ(admitted(10, 20), 1);
  EXPECT_EQ(admitted(45, 20), 3);
  EXPECT_EQ(admitted(1'000'000, 20), 5);
}

// What virtio_user is, on a fake NIC: an ethdev of one queue pair.
TEST(HostEthdev, PassesFramesAndRefusesLongOnes) {
  const MbufPool pool("h_eth", {.descriptors = 1024}, 0);
  RingPort wire("h_eth", {.tx_queues = 1});
  dataplane::PortId port = 0;
  ASSERT_EQ(rte_eth_dev_get_port_by_name(wire.name().c_str(), &port), 0);
  const rte_eth_conf conf{};
  ASSERT_EQ(rte_eth_dev_configure(port, 1, 1, &conf), 0);
  ASSERT_EQ(rte_eth_rx_queue_setup(port, 0, 64, 0, nullptr, pool.handle()), 0);
  ASSERT_EQ(rte_eth_tx_queue_setup(port, 0, 64, 0, nullptr), 0);
  ASSERT_EQ(rte_eth_dev_start(port), 0);
  HostEthdev host(port, 100);
  wire.deliver(pool, to_kernel());  // 106 bytes
  wire.deliver(pool, net::Frame(115));
  std::array<rte_mbuf*, 8> frames{};
  const HostBurst burst = host.receive(frames);
  EXPECT_EQ(burst.frames, 1U);
  EXPECT_EQ(burst.too_long, 1U);
  EXPECT_EQ(host.send(std::span(frames).first(1)), 1U);
  const auto sent = wire.take_sent();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0], to_kernel());
}

}  // namespace
}  // namespace carp::dpdk
