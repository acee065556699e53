// SPDX-License-Identifier: BSD-3-Clause
//
// The vectors of the specification that end at a worker. They describe FreeBSD 6.2; where a
// decision (D..) differs, the decision is tested and the vector named.
#include "tests/support/vectors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>

#include "lib/proto/balance.h"
#include "tests/dataplane/scene.h"
#include "tests/support/frame_matcher.h"

namespace carp::dataplane {
namespace {

using nlohmann::json;
using support::hex_field;
using support::ip;
using support::mac;
using support::padded;
using support::Vector;

[[nodiscard]] std::string text(const json& object, const char* key) {
  return object.at(key).get<std::string>();
}

[[nodiscard]] Standing standing_of(const std::string& state) {
  return state == "MASTER" ? Standing::master : Standing::backup;
}

// The addresses of an ARP vector's vhosts as control would put them into a table: slots ascending
// by vhid, running or not (D7); with balancing off the first MASTER alone, or the first (D8).
[[nodiscard]] SceneData scene_of(const json& params, uint16_t vlan) {
  std::map<net::Ipv4Address, std::map<uint8_t, Standing>> shares;
  for (const auto& vhost : params.at("vhosts_in_interface_order")) {
    for (const auto& address : vhost.at("addrs")) {
      shares[ip(address.get<std::string>())][vhost.at("vhid")] = standing_of(text(vhost, "state"));
    }
  }
  SceneData data{.interfaces = {{0, vlan, mac(text(params, "interface_mac"))}}, .addresses = {}};
  for (const auto& [address, by_vhid] : shares) {
    Address entry{0, address};
    for (const auto& [vhid, standing] : by_vhid) entry.shares.push_back({vhid, standing});
    if (params.at("arpbalance") == 0) {
      const auto master = std::ranges::find(entry.shares, Standing::master, &Share::standing);
      entry.shares = {master == entry.shares.end() ? entry.shares.front() : *master};
    }
    data.addresses.push_back(entry);
  }
  return data;
}

// The vhid that answers, by our rules, where D7 differs from FreeBSD 6.2: vhids that do not run
// count, and the order is ascending. 0: nobody here.
[[nodiscard]] uint8_t answering_vhid(const Vector& vector) {
  static const std::map<std::string, uint8_t> by_d7{
      {"ARP-019", 3}, {"ARP-020", 1}, {"ARP-021", 0}, {"ARP-022", 2}};
  if (const auto found = by_d7.find(vector.id); found != by_d7.end()) return found->second;
  const auto& expect = vector.json.at("expect");
  return text(expect, "action") == "reply" ? expect.at("selected_vhid").get<uint8_t>() : 0;
}

[[nodiscard]] Reason reason_for_silence(const std::string& id) {
  if (id == "ARP-028") return Reason::arp_other_target;
  if (id == "ARP-034") return Reason::arp_from_virtual;
  if (id == "ARP-035") return Reason::arp_not_request;
  return Reason::not_master;
}

class ArpVector : public testing::TestWithParam<Vector> {};

TEST_P(ArpVector, IsAnsweredByTheRightVhostOrNotAtAll) {
  const auto& params = GetParam().json.at("params");
  const uint16_t vlan =
      params.at("vlan").is_null() ? net::kUntagged : params.at("vlan").get<uint16_t>();
  const Scene scene(scene_of(params, vlan));
  const net::Frame request = hex_field(GetParam().json, "request_hex");
  const Outcome outcome = run(scene, request);

  const uint8_t vhid = answering_vhid(GetParam());
  if (vhid == 0) {
    EXPECT_EQ(info_of(outcome.reason).name, info_of(reason_for_silence(GetParam().id)).name);
    return;
  }
  EXPECT_EQ(info_of(outcome.reason).name, "arp_answered");
  const net::MacAddress shared = net::virtual_mac(vhid);
  net::Frame expected = support::arp_frame({.destination = mac(text(params, "sender_mac")),
                                            .vlan = vlan,
                                            .operation = net::kArpReply,
                                            .sender_mac = shared,
                                            .sender_ip = ip(text(params, "target_ip")),
                                            .target_mac = mac(text(params, "sender_mac")),
                                            .target_ip = ip(text(params, "sender_ip"))});
  const auto& expect = GetParam().json.at("expect");
  if (expect.at("selected_vhid") == vhid && text(expect, "action") == "reply") {
    // D6 changes bytes 6 to 11, nothing else.
    expected = hex_field(expect, "reply_unpadded_hex");
    std::ranges::copy(shared.bytes, expected.begin() + 6);
  }
  EXPECT_TRUE(support::same_frame(outcome.frame, padded(expected, request.size())));
}

INSTANTIATE_TEST_SUITE_P(Vectors, ArpVector, testing::ValuesIn(support::vectors("arp")),
                         support::vector_name);

// D7 over ORD-*: whatever the order of configuration, client n belongs to the vhid that is n-th in
// ascending order.
class OrderVector : public testing::TestWithParam<Vector> {};

TEST_P(OrderVector, SlotsAreAscending) {
  Address entry{0, ip("192.168.1.10")};
  std::vector<uint8_t> ascending = GetParam().json.at("params").at("configured");
  std::ranges::sort(ascending);
  EXPECT_EQ(ascending, GetParam().json.at("expect").at("ascending").get<std::vector<uint8_t>>());
  for (const uint8_t vhid : ascending) entry.shares.push_back({vhid, Standing::master});
  const Scene scene({.interfaces = {{0, net::kUntagged, kPortMac}}, .addresses = {entry}});
  for (uint32_t client = 0; client < 3 * ascending.size(); ++client) {
    const auto frame = support::arp_frame(
        {.sender_mac = kClientMac, .sender_ip = {client}, .target_ip = entry.address});
    const Outcome outcome = run(scene, frame);
    const uint8_t vhid = outcome.frame[11];  // last byte of the Ethernet source
    EXPECT_EQ(vhid, ascending[client % ascending.size()]) << "client " << client;
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, OrderVector,
                         testing::ValuesIn(support::vectors("interface-order")),
                         support::vector_name);

// C132 is not our rule: the slot depends on the sender's address only, never on its MAC.
class OpenbsdArpBalanceVector : public testing::TestWithParam<Vector> {};

TEST_P(OpenbsdArpBalanceVector, TheSendersMacDoesNotChooseTheSlot) {
  const auto& params = GetParam().json.at("params");
  Address entry{0, ip("192.168.1.10")};
  for (uint8_t vhid = 1; vhid <= params.at("slots"); ++vhid) {
    entry.shares.push_back({vhid, Standing::master});
  }
  const Scene scene({.interfaces = {{0, net::kUntagged, kPortMac}}, .addresses = {entry}});
  const net::MacAddress sender_mac = mac(text(params, "source_mac"));
  for (uint32_t client = 0; client < 12; ++client) {
    const Outcome outcome = run(
        scene, support::arp_frame(
                   {.sender_mac = sender_mac, .sender_ip = {client}, .target_ip = entry.address}));
    if (sender_mac.is_group()) {  // OAB-007 and 008: no sender has such a MAC
      EXPECT_EQ(outcome.reason, Reason::arp_bad_sender);
      continue;
    }
    ASSERT_EQ(outcome.reason, Reason::arp_answered);
    EXPECT_EQ(outcome.frame[11], 1 + client % params.at("slots").get<uint32_t>());
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, OpenbsdArpBalanceVector,
                         testing::ValuesIn(support::vectors("openbsd-arp-balance")),
                         support::vector_name);

// C131 is not our rule: unicast is not folded. The frame's MAC says whose it is (C128).
class IpBalanceVector : public testing::TestWithParam<Vector> {};

TEST_P(IpBalanceVector, UnicastIsNotFolded) {
  const auto& params = GetParam().json.at("params");
  const auto source = net::parse_ipv4(text(params, "src"));
  if (!source) {  // IPB-006 and 007
    const auto frame = net::build_ethernet(net::virtual_mac(1), kClientMac, net::kUntagged,
                                           net::kEtherTypeIpv6, net::Frame(40, 0x60));
    EXPECT_EQ(run(standard_scene(), frame).reason, Reason::ipv6);
    return;
  }
  Address entry{0, ip(text(params, "dst"))};
  for (const auto& state : params.at("node_states")) {
    const auto vhid = static_cast<uint8_t>(entry.shares.size() + 1);
    entry.shares.push_back({vhid, standing_of(state.get<std::string>())});
  }
  const Scene scene({.interfaces = {{0, net::kUntagged, kPortMac}}, .addresses = {entry}});
  for (const Share& share : entry.shares) {
    const auto frame = support::ipv4_frame({.destination_mac = net::virtual_mac(share.vhid),
                                            .source_mac = kClientMac,
                                            .source = *source,
                                            .destination = entry.address},
                                           support::icmp_message(net::kIcmpEchoRequest, 0));
    EXPECT_EQ(run(scene, frame).reason,
              share.standing == Standing::master ? Reason::echo_answered : Reason::not_master);
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, IpBalanceVector,
                         testing::ValuesIn(support::vectors("ip-balance")), support::vector_name);

// Advertisements and the like. The scene has vhid 1 on an untagged interface and on VLAN 100; its
// port has the MAC to which ADV-040 is sent.
class FrameVector : public testing::TestWithParam<Vector> {
 protected:
  [[nodiscard]] static Reason reason_of(const net::Frame& frame) {
    static const Scene scene({.interfaces = {{0, net::kUntagged, mac("02:00:00:00:00:04")},
                                             {0, 100, mac("02:00:00:00:00:04")}},
                              .addresses = {{0, ip("192.168.1.50"), {{1, Standing::backup}}},
                                            {1, ip("192.168.1.50"), {{1, Standing::backup}}}}});
    return run(scene, frame).reason;
  }
  [[nodiscard]] static bool is_ipv6(const net::Frame& frame) {
    return frame.at(12) == 0x86 && frame.at(13) == 0xdd;
  }
};

class SentVector : public FrameVector {};

TEST_P(SentVector, GoesToControlUnlessItIsIpv6) {
  const net::Frame frame = hex_field(GetParam().json.at("expect"), "frame_hex");
  const Reason reason = reason_of(frame);
  EXPECT_EQ(is_advert(reason), !is_ipv6(frame)) << info_of(reason).name;
  EXPECT_EQ(reason == Reason::ipv6, is_ipv6(frame)) << info_of(reason).name;
}

INSTANTIATE_TEST_SUITE_P(Advertisements, SentVector,
                         testing::ValuesIn(support::vectors("advertisement")),
                         support::vector_name);
INSTANTIATE_TEST_SUITE_P(Vrrp, SentVector, testing::ValuesIn(support::vectors("vrrpv3")),
                         support::vector_name);
INSTANTIATE_TEST_SUITE_P(NeighbourAdvertisements, SentVector,
                         testing::ValuesIn(support::vectors("neighbour-advertisement")),
                         support::vector_name);

class ReceiveVector : public FrameVector {};

// C93: three of them end in the IP layer. All others are control's to judge; those that no digest
// can make right go to it by a way of their own.
TEST_P(ReceiveVector, GoesToControlUnlessTheIpLayerDropsIt) {
  const net::Frame frame = hex_field(GetParam().json, "frame_hex");
  const std::string id = GetParam().id;
  const Reason reason = reason_of(frame);
  if (id == "RX-027" || id == "RX-031" || id == "RX-032" || is_ipv6(frame)) {
    const Reason expected = id == "RX-027"   ? Reason::ip_malformed
                            : id == "RX-031" ? Reason::ip_checksum
                            : id == "RX-032" ? Reason::ip_group  // protocol 113, not CARP
                                             : Reason::ipv6;
    EXPECT_EQ(info_of(reason).name, info_of(expected).name);
    return;
  }
  const auto& counter = GetParam().json.at("expect").at("counter");
  const bool invalid = counter == "badttl" || counter == "badlen" || counter == "badsum" ||
                       counter == "badvhid" || id == "RX-009" || id == "RX-010";  // D15: authlen
  EXPECT_TRUE(is_advert(reason)) << info_of(reason).name;
  EXPECT_EQ(reason == Reason::advert_invalid, invalid) << info_of(reason).name;
}

INSTANTIATE_TEST_SUITE_P(Vectors, ReceiveVector, testing::ValuesIn(support::vectors("receive")),
                         support::vector_name);

}  // namespace
}  // namespace carp::dataplane
