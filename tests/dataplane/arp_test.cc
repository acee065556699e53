// SPDX-License-Identifier: BSD-3-Clause
//
// Which ARP packets are answered, and how. Rows in the standard scene (scene.h).
#include <gtest/gtest.h>

#include "tests/dataplane/scene.h"

namespace carp::dataplane {
namespace {

using net::virtual_mac;
using support::arp_frame;
using support::ArpSpec;
using support::ip;
using support::mac;
using support::padded;

// A request by the client, as it comes from a wire: broadcast, padded to 60 bytes.
[[nodiscard]] ArpSpec request(const char* sender, const char* target) {
  return {.sender_mac = kClientMac, .sender_ip = ip(sender), .target_ip = ip(target)};
}

[[nodiscard]] ArpSpec request_from(const net::MacAddress& sender_mac, const char* sender,
                                   const char* target) {
  ArpSpec spec = request(sender, target);
  spec.sender_mac = sender_mac;
  return spec;
}

[[nodiscard]] ArpSpec reply_from(const net::MacAddress& sender_mac, const char* sender) {
  ArpSpec spec = request_from(sender_mac, sender, "192.168.1.3");
  spec.operation = net::kArpReply;
  return spec;
}

// C124, D6: what the answer to `asked` is, from `mac`.
[[nodiscard]] ArpSpec answer(const ArpSpec& asked, const net::MacAddress& mac) {
  return {.destination = asked.sender_mac,
          .vlan = asked.vlan,
          .operation = net::kArpReply,
          .sender_mac = mac,
          .sender_ip = asked.target_ip,
          .target_mac = asked.sender_mac,
          .target_ip = asked.sender_ip};
}

[[nodiscard]] Row answered(std::string sentence, const ArpSpec& asked, const net::MacAddress& mac) {
  return {std::move(sentence), padded(arp_frame(asked)), Reason::arp_answered,
          padded(arp_frame(answer(asked, mac)))};
}

[[nodiscard]] Row silent(std::string sentence, const ArpSpec& asked, Reason reason) {
  return {std::move(sentence), padded(arp_frame(asked)), reason};
}

TEST(Arp, OnlyTheMasterOfTheClientsSlotAnswers) {
  check_rows(standard_scene(),
             {answered("MASTER", request("192.168.1.100", "192.168.1.50"), virtual_mac(1)),
              silent("BACKUP", request("192.168.1.100", "192.168.1.51"), Reason::not_master),
              silent("MASTER whose lease is over (D4)", request("192.168.1.100", "192.168.1.52"),
                     Reason::lease_lapsed),
              answered("even client of a balanced address (C110)",
                       request("192.168.1.100", "192.168.1.10"), virtual_mac(4)),
              silent("odd client of a balanced address (C115)",
                     request("192.168.1.101", "192.168.1.10"), Reason::not_master),
              answered("probe: slot 0 (C118)", request("0.0.0.0", "192.168.1.10"), virtual_mac(4)),
              answered("own address (C119)", request("192.168.1.100", "192.168.1.3"), kPortMac),
              silent("nobody's address", request("192.168.1.100", "192.168.1.99"),
                     Reason::arp_other_target),
              silent("an address of the other interface (C123)",
                     request("192.168.1.100", "10.0.0.51"), Reason::arp_other_target)});
}

TEST(Arp, TheEthernetDestinationIsNotLookedAt) {
  auto unicast = request("192.168.1.100", "192.168.1.50");
  unicast.destination = virtual_mac(1);
  auto elsewhere = unicast;
  elsewhere.destination = mac("02:00:00:00:00:99");
  check_rows(standard_scene(), {answered("unicast (C117)", unicast, virtual_mac(1)),
                                answered("to another host (C117)", elsewhere, virtual_mac(1))});
}

TEST(Arp, TheEthernetSourceIsNotLookedAt) {
  auto relayed = request("192.168.1.100", "192.168.1.50");
  relayed.source = mac("02:00:00:00:00:55");
  check_rows(standard_scene(), {answered("answered to the ARP sender", relayed, virtual_mac(1))});
}

TEST(Arp, AnUnpaddedRequestIsAnsweredAtItsOwnLength) {
  const auto asked = request("192.168.1.100", "192.168.1.50");
  check_rows(standard_scene(), {{"42 bytes", arp_frame(asked), Reason::arp_answered,
                                 arp_frame(answer(asked, virtual_mac(1)))}});
}

// A neighbour's target hardware field may hold anything; the padding may hold somebody's secrets
// already, and ours adds none.
TEST(Arp, PaddingStaysAsItCame) {
  const auto asked = request("192.168.1.100", "192.168.1.50");
  auto in = arp_frame(asked);
  auto out = arp_frame(answer(asked, virtual_mac(1)));
  for (uint8_t byte = 1; byte <= 18; ++byte) {
    in.push_back(byte);
    out.push_back(byte);
  }
  check_rows(standard_scene(), {{"padded with 1 to 18", in, Reason::arp_answered, out}});
}

// The slot says both MACs: `arp_source = port` answers as FreeBSD 6.2 does (D6).
TEST(Arp, TheEthernetSourceIsTheSlots) {
  LeaseBoard leases;
  leases.set(1, kNow + 1);
  ForwardTable table(1, leases, {{0, net::kUntagged, kPortMac}});
  const Slot slot{virtual_mac(1), kPortMac, 1, 1, true};
  table.add(0, ip("192.168.1.50"), true, {&slot, 1});
  const auto asked = request("192.168.1.100", "192.168.1.50");
  auto expected = answer(asked, virtual_mac(1));
  expected.source = kPortMac;
  auto frame = arp_frame(asked);
  EXPECT_EQ(process(frame, 0, table, kNow), Reason::arp_answered);
  EXPECT_EQ(frame, arp_frame(expected));
}

TEST(Arp, OfOtherKindsIsRefused) {
  const auto changed = [](size_t offset, uint8_t value) {
    auto frame = padded(arp_frame(request("192.168.1.100", "192.168.1.50")));
    frame[offset] = value;
    return frame;
  };
  check_rows(standard_scene(),
             {{"hardware type 6, IEEE 802", changed(15, 6), Reason::arp_malformed},
              {"protocol 0x0801", changed(17, 1), Reason::arp_malformed},
              {"hardware length 8", changed(18, 8), Reason::arp_malformed},
              {"protocol length 16", changed(19, 16), Reason::arp_malformed},
              {"operation 0", changed(21, 0), Reason::arp_not_request},
              {"operation 3, reverse ARP", changed(21, 3), Reason::arp_not_request},
              {"operation 0x0101", changed(20, 1), Reason::arp_not_request}});
}

TEST(Arp, SendersThatCannotBeAnsweredAreRefused) {
  const auto broadcast = request_from(net::kBroadcastMac, "192.168.1.100", "192.168.1.50");
  const auto group = request_from(mac("01:00:5e:00:00:12"), "192.168.1.100", "192.168.1.3");
  const auto own = request_from(kPortMac, "192.168.1.3", "192.168.1.50");
  check_rows(standard_scene(),
             {silent("broadcast sender (C122)", broadcast, Reason::arp_bad_sender),
              silent("group sender", group, Reason::arp_bad_sender),
              silent("our own frame come back (C121)", own, Reason::arp_own_frame)});
}

// D17. vhid 1 runs in this scene and vhid 6 has no slot; vhid 200 is another group's.
TEST(Arp, FromOurVirtualMacsOnlyOwnAddressesAreAnswered) {
  const auto from = [](uint8_t vhid, const char* sender, const char* target) {
    return request_from(virtual_mac(vhid), sender, target);
  };
  check_rows(
      standard_scene(),
      {silent("asks for the address it announces", from(2, "192.168.1.50", "192.168.1.50"),
              Reason::arp_from_virtual),
       silent("a peer's gratuitous ARP", from(2, "192.168.1.51", "192.168.1.51"),
              Reason::arp_from_virtual),
       silent("one that hashes to our slot (C121)", from(5, "192.168.1.10", "192.168.1.10"),
              Reason::arp_from_virtual),
       silent("asks for a shared address", from(2, "192.168.1.4", "192.168.1.50"),
              Reason::arp_from_virtual),
       silent("of a vhost without a slot", from(7, "192.168.1.4", "192.168.1.50"),
              Reason::arp_from_virtual),
       silent("a peer's reply", reply_from(virtual_mac(2), "192.168.1.51"),
              Reason::arp_from_virtual),
       silent("asks for an own address as a shared one", from(2, "192.168.1.51", "192.168.1.3"),
              Reason::arp_from_virtual),
       answered("asks for an own address (C119)", from(2, "192.168.1.4", "192.168.1.3"), kPortMac),
       silent("asks for nobody's address", from(2, "192.168.1.4", "192.168.1.99"),
              Reason::arp_other_target),
       answered("virtual MAC of another group", from(200, "192.168.1.100", "192.168.1.50"),
                virtual_mac(1))});
}

// C120, D18. Balanced 192.168.1.10 as a client of itself is even: slot 0, vhid 4, MASTER here.
TEST(Arp, AStrangerWithAnAddressThatWeHoldIsShownToControl) {
  check_rows(standard_scene(),
             {silent("gratuitous", request("192.168.1.50", "192.168.1.50"), Reason::arp_conflict),
              silent("as a reply", reply_from(kClientMac, "192.168.1.50"), Reason::arp_conflict),
              silent("asks for another shared one", request("192.168.1.50", "192.168.1.10"),
                     Reason::arp_conflict),
              silent("asks for somebody else", request("192.168.1.50", "192.168.1.99"),
                     Reason::arp_conflict),
              silent("asks for our own address", request("192.168.1.50", "192.168.1.3"),
                     Reason::arp_conflict),
              silent("balanced", request("192.168.1.10", "192.168.1.10"), Reason::arp_conflict),
              silent("with a foreign virtual MAC",
                     request_from(virtual_mac(200), "192.168.1.50", "192.168.1.50"),
                     Reason::arp_conflict)});
}

TEST(Arp, AStrangerWithAnAddressThatWeDoNotHoldIsNotOurBusiness) {
  check_rows(
      standard_scene(),
      {silent("BACKUP", request("192.168.1.51", "192.168.1.51"), Reason::not_master),
       silent("lapsed", request("192.168.1.52", "192.168.1.52"), Reason::lease_lapsed),
       silent("BACKUP, reply", reply_from(kClientMac, "192.168.1.51"), Reason::arp_not_request),
       answered("the MASTER's kernel asks for our own", request("192.168.1.51", "192.168.1.3"),
                kPortMac),
       silent("an ordinary reply", reply_from(kClientMac, "192.168.1.100"),
              Reason::arp_not_request)});
}

// An own address that shares its bit of the table's filter with a shared one is still an own one:
// asked for by a virtual MAC it is answered (C119), used by a stranger it is no conflict.
TEST(Arp, AFalseHitOfTheFilterChangesNothing) {
  SceneData data{.interfaces = {{0, net::kUntagged, kPortMac}},
                 .addresses = {{0, ip("192.168.1.50"), {{1, Standing::master}}}}};
  const Scene probe(data);
  net::Ipv4Address own = ip("192.168.1.51");
  while (!probe.table().may_be_shared(0, own)) ++own.value;
  data.addresses.push_back({0, own});
  const Scene scene(data);
  ASSERT_TRUE(scene.table().may_be_shared(0, own));
  auto from_virtual = request_from(virtual_mac(1), "192.168.1.4", "0.0.0.0");
  from_virtual.target_ip = own;
  auto stranger = request("0.0.0.0", "0.0.0.0");
  stranger.sender_ip = own;
  stranger.target_ip = own;
  check_rows(scene, {answered("a virtual MAC asks", from_virtual, kPortMac),
                     answered("a stranger claims", stranger, kPortMac)});
}

TEST(Arp, AVlanIsItsOwnWorld) {
  auto held = request("10.0.0.100", "10.0.0.51");
  auto backup = request("10.0.0.100", "10.0.0.50");
  auto other = request("10.0.0.100", "192.168.1.50");
  auto virtual_here = request_from(virtual_mac(9), "10.0.0.100", "10.0.0.51");
  auto virtual_there = request_from(virtual_mac(2), "10.0.0.100", "10.0.0.51");
  for (ArpSpec* spec : {&held, &backup, &other, &virtual_here, &virtual_there}) spec->vlan = 100;
  check_rows(standard_scene(),
             {answered("the tag stays (C123)", held, virtual_mac(9)),
              silent("vhid 1 is BACKUP on this VLAN", backup, Reason::not_master),
              silent("an address of the untagged interface", other, Reason::arp_other_target),
              silent("a virtual MAC of this VLAN", virtual_here, Reason::arp_from_virtual),
              answered("a virtual MAC of the other", virtual_there, virtual_mac(9))});
}

}  // namespace
}  // namespace carp::dataplane
