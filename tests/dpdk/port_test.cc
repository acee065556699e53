// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/port.h"

#include <gtest/gtest.h>
#include <rte_dev.h>
#include <rte_ethdev.h>

#include "lib/dpdk/start_error.h"
#include "tests/dpdk/ring_port.h"
#include "tests/support/frames.h"

namespace carp::dpdk {
namespace {

constexpr PoolUse kUse{.descriptors = 2048};

std::string refusal(const std::string& name) {
  try {
    Port port({.name = name}, 1);
    return "";
  } catch (const StartError& error) {
    EXPECT_TRUE(error.code() == ExitCode::unavailable || error.code() == ExitCode::permission);
    return error.what();
  }
}

TEST(Port, NamesThePortsThereAreWhenOneIsMissing) {
  RingPort wire("p_there");
  RingPort other("p_other");
  const std::string text = refusal("net_ring_nobody");
  EXPECT_NE(text.find("port net_ring_nobody"), std::string::npos) << text;
  EXPECT_NE(text.find("net_ring_p_there"), std::string::npos) << text;
  EXPECT_NE(text.find("net_ring_p_other"), std::string::npos) << text;
}

TEST(Port, TakesBothFormsOfAPciAddress) {
  EXPECT_NE(refusal("01:00.0").find("port 01:00.0"), std::string::npos);
  EXPECT_NE(refusal("0000:01:00.0").find("port 0000:01:00.0"), std::string::npos);
}

TEST(Port, ReportsTheLinkOfItsDriver) {
  MbufPool pool("p_link", kUse, 0);
  RingPort wire("p_link");
  Port port({.name = wire.name()}, 1);
  port.start(pool);
  EXPECT_EQ(port.driver(), "net_ring");
  EXPECT_TRUE(port.link().up);
  ASSERT_EQ(rte_eth_dev_set_link_down(port.id()), 0);
  EXPECT_FALSE(port.link().up);
  ASSERT_EQ(rte_eth_dev_set_link_up(port.id()), 0);
  EXPECT_TRUE(port.link().up);
}

// net_bonding has no file in drivers-config: one queue, and the operator is told.
TEST(Port, WarnsOfADriverThatNobodyDescribed) {
  ASSERT_EQ(rte_eal_hotplug_add("vdev", "net_bonding7", "mode=1"), 0);
  {
    Port port({.name = "net_bonding7"}, 2);
    EXPECT_EQ(port.driver(), "net_bonding");
    EXPECT_EQ(port.queues().rx_queues, 1);
    ASSERT_FALSE(port.warnings().empty());
    EXPECT_EQ(port.warnings().front(),
              "port=net_bonding7 driver=net_bonding event=unknown_driver: one queue, all frames "
              "received; describe it in drivers-config");
  }
  (void)rte_eal_hotplug_remove("vdev", "net_bonding7");
}

// The device goes away under the port: down, and closing it later does no harm.
TEST(Port, IsDownOnceItsDeviceIsGone) {
  MbufPool pool("p_gone", kUse, 0);
  RingPort wire("p_gone");
  Port port({.name = wire.name()}, 1);
  port.start(pool);
  ASSERT_TRUE(port.link().up);
  ASSERT_EQ(rte_eal_hotplug_remove("vdev", wire.name().c_str()), 0);
  EXPECT_FALSE(port.link().up);
  EXPECT_EQ(port.statistics().ipackets, 0U);
}

TEST(Port, KernelCarrierOfAnInterfaceThatIsNotThereIsDown) {
  EXPECT_FALSE(kernel_carrier(0));
  EXPECT_FALSE(kernel_carrier(0x7ffffff0));
}

TEST(Port, CountsWhatItReceivedAndSent) {
  MbufPool pool("p_count", kUse, 0);
  RingPort wire("p_count");
  Port port({.name = wire.name()}, 1);
  port.start(pool);
  wire.deliver(pool, net::Frame(60));
  rte_mbuf* mbuf = nullptr;
  ASSERT_EQ(rte_eth_rx_burst(port.id(), 0, &mbuf, 1), 1);
  ASSERT_EQ(rte_eth_tx_burst(port.id(), 0, &mbuf, 1), 1);
  EXPECT_EQ(port.statistics().ipackets, 1U);
  EXPECT_EQ(port.statistics().opackets, 1U);
}

TEST(Port, PlansQueuesAndDescriptors) {
  RingPort wire("p_plan", {.rx_queues = 3, .tx_queues = 3});
  const Port port({.name = wire.name(), .rx_descriptors = 256}, 2);
  EXPECT_EQ(port.queues(), (QueuePlan{3, 3, 2, true}));
  EXPECT_EQ(port.rx_descriptors(), 256);
  EXPECT_TRUE(port.warnings().empty());
}

// net_null can't be made promiscuous and has no link: nothing to complain about.
TEST(Port, StartsOnADriverThatFiltersNothing) {
  ASSERT_EQ(rte_eal_hotplug_add("vdev", "net_null0", "size=64"), 0);
  {
    MbufPool pool("p_null", kUse, 0);
    Port port({.name = "net_null0", .virtual_macs = {net::virtual_mac(1)}}, 1);
    port.start(pool);
    EXPECT_TRUE(port.link().up);
    EXPECT_FALSE(port.filters_macs());
    EXPECT_TRUE(port.warnings().empty());
    port.accept(net::virtual_mac(2));
    rte_mbuf* mbufs[8];
    EXPECT_EQ(rte_eth_rx_burst(port.id(), 0, mbufs, 8), 8);
    for (rte_mbuf* mbuf : mbufs) rte_pktmbuf_free(mbuf);
  }
  rte_eal_hotplug_remove("vdev", "net_null0");
}

}  // namespace
}  // namespace carp::dpdk
