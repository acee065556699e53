// SPDX-License-Identifier: BSD-3-Clause
//
// Ethernet and its tag: which interface a frame belongs to. Rows in the standard scene (scene.h).
#include <gtest/gtest.h>

#include "lib/dataplane/classify.h"
#include "tests/dataplane/scene.h"

namespace carp::dataplane {
namespace {

using support::ip;

// A request for 192.168.1.50, behind the given bytes in place of its type.
[[nodiscard]] net::Frame request_behind(std::initializer_list<uint8_t> types) {
  auto frame = support::arp_frame({.sender_mac = kClientMac,
                                   .sender_ip = ip("192.168.1.100"),
                                   .target_ip = ip("192.168.1.50")});
  frame.erase(frame.begin() + 12, frame.begin() + 14);
  frame.insert(frame.begin() + 12, types);
  return frame;
}

TEST(Link, OneTagIsTaken) {
  check_rows(standard_scene(),
             {{"VLAN 100, nobody's address there", request_behind({0x81, 0, 0, 100, 8, 6}),
               Reason::arp_other_target},
              {"VLAN 101", request_behind({0x81, 0, 0, 101, 8, 6}), Reason::unknown_vlan},
              {"VLAN 4095", request_behind({0x81, 0, 0x0f, 0xff, 8, 6}), Reason::unknown_vlan},
              {"a second tag", request_behind({0x81, 0, 0, 100, 0x81, 0, 0, 100, 8, 6}),
               Reason::ether_type},
              {"802.1ad", request_behind({0x88, 0xa8, 0, 100, 8, 6}), Reason::ether_type}});
}

// VLAN id 0 is a priority without a VLAN. The answer carries the tag as it came.
TEST(Link, APriorityTagIsNoVlan) {
  const auto in = request_behind({0x81, 0, 0xe0, 0, 8, 6});
  const Outcome outcome = run(standard_scene(), in);
  EXPECT_EQ(outcome.reason, Reason::arp_answered);
  EXPECT_EQ(net::to_hex(net::ConstBytes(outcome.frame).subspan(12, 6)), "8100e0000806");
}

TEST(Link, PriorityBitsDoNotChangeTheVlan) {
  const auto in = request_behind({0x81, 0, 0xf0, 100, 8, 6});
  EXPECT_EQ(run(standard_scene(), in).reason, Reason::arp_other_target);
}

TEST(Link, AnotherPortHasNoInterface) {
  check_rows(standard_scene(), {{.sentence = "port 1",
                                 .in = request_behind({8, 6}),
                                 .reason = Reason::unknown_vlan,
                                 .port = 1}});
}

TEST(Link, OtherTypesAreNamed) {
  check_rows(standard_scene(), {{"IPv6", request_behind({0x86, 0xdd}), Reason::ipv6},
                                {"reverse ARP", request_behind({0x80, 0x35}), Reason::ether_type},
                                {"802.3 length", request_behind({0, 28}), Reason::ether_type},
                                {"spanning tree's neighbour LLDP", request_behind({0x88, 0xcc}),
                                 Reason::ether_type}});
}

TEST(Link, EveryVlanIdIsRead) {
  for (unsigned id = 0; id < 4096; ++id) {
    auto frame =
        request_behind({0x81, 0, static_cast<uint8_t>(id >> 8), static_cast<uint8_t>(id), 8, 6});
    const Link link = read_link(frame);
    ASSERT_EQ(link.vlan, id);
    ASSERT_EQ(link.ether_type, net::kEtherTypeArp);
    ASSERT_EQ(link.payload, 18u);
  }
}

}  // namespace
}  // namespace carp::dataplane
