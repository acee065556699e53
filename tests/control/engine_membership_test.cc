// SPDX-License-Identifier: BSD-3-Clause
//
// Membership reports of an appliance (I6.5): at start, when a link comes back, to queries, at the
// end; on each interface in its own VLAN.
#include <gtest/gtest.h>

#include "lib/net/igmp.h"
#include "lib/net/ipv4.h"
#include "tests/control/engine_rig.h"
#include "tests/support/frames.h"

namespace carp::control {
namespace {

using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::query_frame;

struct Report {
  TimePoint at;
  dataplane::PortId port = 0;
  uint16_t vlan = net::kUntagged;
  net::MacAddress ethernet_source;
  net::Ipv4Address source;
  uint8_t type = 0;
  uint8_t record = 0;  // of version 3
};

[[nodiscard]] std::vector<Report> reports(const EngineRig& rig) {
  std::vector<Report> found;
  for (const SentFrame& frame : rig.igmp_sent()) {
    const net::ConstBytes datagram = net::datagram_of(frame.bytes);
    const auto* ip = net::view_at<net::Ipv4Header>(datagram, 0);
    const auto* ethernet = net::view_at<net::EthernetHeader>(net::ConstBytes(frame.bytes), 0);
    const auto* tag = net::view_at<net::VlanTag>(net::ConstBytes(frame.bytes), sizeof *ethernet);
    const bool tagged = ethernet->ether_type.get() == net::kEtherTypeVlan;
    const net::ConstBytes message = net::payload_of(datagram).value();
    found.push_back({frame.at, frame.port, tagged ? tag->id() : net::kUntagged, ethernet->source,
                     net::Ipv4Address{ip->source.get()}, message[0],
                     message.size() > 8 ? message[8] : uint8_t{0}});
  }
  return found;
}

// One port with an untagged interface and VLAN 100, and a second port.
[[nodiscard]] Config three_interfaces() {
  Config config = lan_config({vhost("carp0", 1, "192.168.1.50/24")});
  config.interfaces.push_back(interface_config("lan100", "10.0.0.3/24", 100));
  config.interfaces.push_back(interface_config("wan0", "172.16.0.3/24"));
  return config;
}

TEST(EngineMembership, StartsWithTwoReportsOnEachInterface) {
  EngineRig rig(three_interfaces());
  const TimePoint start = rig.now();
  rig.start();
  rig.run(seconds(60));
  const auto sent = reports(rig);
  ASSERT_EQ(sent.size(), 6u);
  for (size_t i = 0; i < 3; ++i) {
    const InterfaceEntry& interface = rig.engine().interfaces()[i];
    SCOPED_TRACE(interface.config.name);
    EXPECT_EQ(sent[i].at, start);
    EXPECT_EQ(sent[i].port, interface.facts.port);
    EXPECT_EQ(sent[i].vlan, interface.config.vlan);
    EXPECT_EQ(sent[i].ethernet_source, interface.facts.mac);
    EXPECT_EQ(sent[i].source, interface.config.addresses[0].address);
  }
  for (const Report& report : sent) {
    EXPECT_EQ(report.type, net::kIgmpReportV3);
    EXPECT_EQ(report.record, net::kIgmpToExclude);
    EXPECT_LE(report.at, start + seconds(1));
  }
  EXPECT_EQ(rig.engine().igmp_statistics().reports, 6u);
}

TEST(EngineMembership, ALinkThatComesBackIsToldAgain) {
  EngineRig rig(three_interfaces());
  rig.start();
  rig.run(seconds(5));
  rig.forget_sent();
  rig.set_link(0, false);
  rig.run(seconds(5));
  EXPECT_TRUE(reports(rig).empty());
  rig.set_link(0, true);
  rig.run(seconds(5));
  const auto sent = reports(rig);
  ASSERT_EQ(sent.size(), 4u);  // two interfaces of that port
  for (const Report& report : sent) EXPECT_EQ(report.port, 0);
}

// Held or not: the switch shall know where to send when the hold is over (I2.2).
TEST(EngineMembership, AHeldLinkReportsAtOnce) {
  Config config = lan_config({vhost("carp0", 1, "192.168.1.50/24")});
  config.interfaces[0].link_hold = seconds(30);
  EngineRig rig(std::move(config));
  rig.start();
  rig.run(seconds(5));
  EXPECT_EQ(reports(rig).size(), 2u);
}

TEST(EngineMembership, AQueryIsAnsweredByTheInterfaceThatHeardIt) {
  EngineRig rig(three_interfaces());
  rig.start();
  rig.run(seconds(5));
  rig.forget_sent();
  const TimePoint asked = rig.now();
  rig.receive(0, query_frame({.code = 20, .vlan = 100}));
  rig.run(seconds(10));
  const auto sent = reports(rig);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].vlan, 100);
  EXPECT_EQ(sent[0].type, net::kIgmpReportV3);
  EXPECT_EQ(sent[0].record, net::kIgmpIsExclude);
  EXPECT_LE(sent[0].at, asked + seconds(2) + milliseconds(1));
  EXPECT_EQ(rig.engine().igmp_statistics().queries, 1u);
}

TEST(EngineMembership, AnOlderQuerierIsAnsweredInItsVersion) {
  struct Row {
    uint8_t code;
    uint8_t type;
  };
  for (const Row row : {Row{100, net::kIgmpReportV2}, Row{0, net::kIgmpReportV1}}) {
    EngineRig rig(lan_config({vhost("carp0", 1, "192.168.1.50/24")}));
    rig.start();
    rig.run(seconds(5));
    rig.forget_sent();
    rig.receive(0, query_frame({.code = row.code, .size = 8}));
    rig.run(seconds(11));
    ASSERT_EQ(reports(rig).size(), 1u);
    EXPECT_EQ(reports(rig)[0].type, row.type);
  }
}

TEST(EngineMembership, AFrameThatIsNoQueryChangesNothing) {
  EngineRig rig(three_interfaces());
  rig.start();
  rig.run(seconds(5));
  rig.forget_sent();
  rig.engine().on_query_frame(0, query_frame({.vlan = 7}), rig.now());
  rig.engine().on_query_frame(0, query_frame({.size = 9}), rig.now());
  rig.run(seconds(11));
  EXPECT_TRUE(reports(rig).empty());
  EXPECT_EQ(rig.engine().igmp_statistics().queries, 0u);
}

TEST(EngineMembership, EndsWithALeave) {
  EngineRig rig(three_interfaces());
  rig.start();
  rig.run(seconds(5));
  rig.set_link(1, false);
  rig.run(seconds(5));
  rig.forget_sent();
  rig.engine().stop(rig.now(), rig.out());
  rig.run(seconds(5));
  const auto sent = reports(rig);
  ASSERT_EQ(sent.size(), 2u);  // the third has no link
  for (const Report& report : sent) EXPECT_EQ(report.record, net::kIgmpToInclude);
  EXPECT_EQ(rig.engine().igmp_statistics().leaves, 2u);
  rig.set_link(1, true);
  rig.run(seconds(5));
  EXPECT_EQ(reports(rig).size(), 2u);
}

}  // namespace
}  // namespace carp::control
