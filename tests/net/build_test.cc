// SPDX-License-Identifier: BSD-3-Clause
#include "lib/net/build.h"

#include <gtest/gtest.h>

#include "tests/support/frame_matcher.h"
#include "tests/support/frames.h"
#include "tests/support/vectors.h"

namespace carp::net {
namespace {

using support::hex_field;
using support::same_frame;

class GratuitousArpVector : public testing::TestWithParam<support::Vector> {};

// C125 and D6: the sender hardware address is the virtual MAC, the Ethernet source either.
TEST_P(GratuitousArpVector, IsBuiltByteForByte) {
  const auto& params = GetParam().json.at("params");
  const auto& expect = GetParam().json.at("expect");
  const MacAddress shared = virtual_mac(params.at("vhid"));
  const MacAddress port = support::mac(params.at("interface_mac").get<std::string>());
  const Ipv4Address address = support::ip(params.at("address").get<std::string>());
  EXPECT_TRUE(same_frame(build_gratuitous_arp(shared, shared, kUntagged, address),
                         hex_field(expect, "virtual_source_unpadded_hex")));
  EXPECT_TRUE(same_frame(build_gratuitous_arp(shared, port, kUntagged, address),
                         hex_field(expect, "freebsd_unpadded_hex")));
}

INSTANTIATE_TEST_SUITE_P(Vectors, GratuitousArpVector,
                         testing::ValuesIn(support::vectors("gratuitous-arp")),
                         support::vector_name);

TEST(BuildEthernet, PutsTheTagBeforeTheType) {
  const MacAddress to = support::mac("02:00:00:00:00:01");
  const MacAddress from = support::mac("02:00:00:00:00:02");
  const Frame payload{0xaa, 0xbb};
  EXPECT_EQ(to_hex(build_ethernet(to, from, kUntagged, kEtherTypeIpv4, payload)),
            "0200000000010200000000020800aabb");
  EXPECT_EQ(to_hex(build_ethernet(to, from, 100, kEtherTypeIpv4, payload)),
            "020000000001020000000002810000640800aabb");
  EXPECT_EQ(to_hex(build_ethernet(to, from, kUntagged, kEtherTypeArp, {})),
            "0200000000010200000000020806");
}

TEST(VlanTag, IdLeavesPriorityOut) {
  EXPECT_EQ((VlanTag{Be16(0xf064), Be16(0)}.id()), 100);
  EXPECT_EQ((VlanTag{Be16(0xe000), Be16(0)}.id()), kUntagged);
  EXPECT_EQ((VlanTag{Be16(0x0ffe), Be16(0)}.id()), 4094);
}

TEST(Ipv4Header, AFragmentHasAnOffsetOrMoreToCome) {
  const auto is_fragment = [](uint16_t field) {
    Ipv4Header header;
    header.fragment = Be16(field);
    return header.is_fragment();
  };
  EXPECT_FALSE(is_fragment(0));
  EXPECT_FALSE(is_fragment(kDontFragment));
  EXPECT_TRUE(is_fragment(0x2000));
  for (unsigned bit = 0; bit < 13; ++bit)
    EXPECT_TRUE(is_fragment(static_cast<uint16_t>(1u << bit)));
}

}  // namespace
}  // namespace carp::net
