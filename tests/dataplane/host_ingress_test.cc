// SPDX-License-Identifier: BSD-3-Clause
//
// What but ARP goes to the kernel where an interface has its host interface (I7.2), and in which
// form. Rows in the host scene (scene.h).
#include "lib/dataplane/host_ingress.h"

#include <gtest/gtest.h>

#include "tests/dataplane/scene.h"
#include "tests/support/frame_matcher.h"

namespace carp::dataplane {
namespace {

using net::virtual_mac;
using support::arp_frame;
using support::ArpSpec;
using support::ip;
using support::ipv4_frame;
using support::Ipv4Spec;
using support::mac;
using support::query_frame;

const net::MacAddress kOtherMac = mac("02:00:00:00:00:99");
const net::MacAddress kAllNodesMac = mac("33:33:00:00:00:01");
constexpr uint8_t kTcp = 6;

[[nodiscard]] ArpSpec asks(const char* sender, const char* target) {
  return {.sender_mac = kClientMac, .sender_ip = ip(sender), .target_ip = ip(target)};
}

// A segment of the client 192.168.1.100.
[[nodiscard]] Ipv4Spec tcp(const net::MacAddress& to, const char* target) {
  return {.destination_mac = to,
          .source_mac = kClientMac,
          .source = ip("192.168.1.100"),
          .destination = ip(target),
          .protocol = kTcp};
}

[[nodiscard]] Row ip_row(std::string sentence, const Ipv4Spec& spec, Reason reason) {
  return {std::move(sentence), ipv4_frame(spec, net::Frame(20, 0x5a)), reason};
}

[[nodiscard]] net::Frame frame_of(const net::MacAddress& to, uint16_t ether_type) {
  return net::build_ethernet(to, kClientMac, net::kUntagged, ether_type, net::Frame(46, 0x11));
}

TEST(HostIngress, Ipv4ForThisHostIsTheKernels) {
  auto ping = tcp(kPortMac, "192.168.1.3");
  ping.protocol = net::kProtocolIcmp;
  auto shared_ping = tcp(virtual_mac(1), "192.168.1.50");
  shared_ping.protocol = net::kProtocolIcmp;
  auto fragment = tcp(kPortMac, "192.168.1.3");
  fragment.fragment = 185;
  auto options = tcp(kPortMac, "192.168.1.3");
  options.options = {7, 7, 4, 0, 0, 0, 0, 0};
  const auto message = support::icmp_message(net::kIcmpEchoRequest, 0);
  check_rows(host_scene(),
             {{"ping", ipv4_frame(ping, message), Reason::host_unicast},
              {"ping to a held address", ipv4_frame(shared_ping, message), Reason::host_unicast},
              ip_row("own", tcp(kPortMac, "192.168.1.3"), Reason::host_unicast),
              ip_row("fragment", fragment, Reason::host_unicast),
              ip_row("options", options, Reason::host_unicast),
              ip_row("an address that the kernel alone knows", tcp(kPortMac, "192.168.1.77"),
                     Reason::host_unicast),
              ip_row("routed", tcp(virtual_mac(1), "198.51.100.7"), Reason::host_unicast),
              ip_row("own address by a MASTER's MAC", tcp(virtual_mac(6), "192.168.1.3"),
                     Reason::host_unicast)});
}

TEST(HostIngress, SharedAddressesAreTheKernelsWhileHeld) {
  auto odd = tcp(kPortMac, "192.168.1.10");
  odd.source = ip("192.168.1.101");
  auto odd_by_mac = odd;
  odd_by_mac.destination_mac = virtual_mac(4);
  check_rows(
      host_scene(),
      {ip_row("held", tcp(virtual_mac(1), "192.168.1.50"), Reason::host_unicast),
       ip_row("held, by the port's MAC", tcp(kPortMac, "192.168.1.50"), Reason::host_unicast),
       ip_row("BACKUP", tcp(virtual_mac(2), "192.168.1.51"), Reason::not_master),
       ip_row("BACKUP, by the port's MAC", tcp(kPortMac, "192.168.1.51"), Reason::not_master),
       ip_row("BACKUP, by a MASTER's MAC", tcp(virtual_mac(1), "192.168.1.51"), Reason::not_master),
       ip_row("BACKUP, broadcast", tcp(net::kBroadcastMac, "192.168.1.51"), Reason::not_master),
       ip_row("lapsed (D4)", tcp(kPortMac, "192.168.1.52"), Reason::lease_lapsed),
       ip_row("own address by a BACKUP's MAC", tcp(virtual_mac(7), "192.168.1.3"),
              Reason::not_master),
       ip_row("own address by a lapsed one's MAC", tcp(virtual_mac(3), "192.168.1.3"),
              Reason::lease_lapsed),
       ip_row("balanced, by the MASTER's MAC", odd_by_mac, Reason::host_unicast),
       ip_row("balanced, by the port's MAC, our client", tcp(kPortMac, "192.168.1.10"),
              Reason::host_unicast),
       ip_row("balanced, by the port's MAC, the other's client", odd, Reason::not_master)});
}

TEST(HostIngress, GroupsAndOtherTypesAreTheKernelsIfForUs) {
  check_rows(
      host_scene(),
      {ip_row("broadcast (DHCP)", tcp(net::kBroadcastMac, "255.255.255.255"), Reason::host_group),
       ip_row("multicast", tcp(mac("01:00:5e:00:00:fb"), "224.0.0.251"), Reason::host_group),
       ip_row("another host", tcp(kOtherMac, "192.168.1.3"), Reason::other_host),
       ip_row("another group's MAC", tcp(virtual_mac(200), "192.168.1.3"), Reason::other_host),
       {"IPv6", frame_of(kPortMac, net::kEtherTypeIpv6), Reason::host_unicast},
       {"IPv6 neighbours", frame_of(kAllNodesMac, net::kEtherTypeIpv6), Reason::host_group},
       {"IPv6 of another host", frame_of(kOtherMac, net::kEtherTypeIpv6), Reason::other_host},
       {"IPv6 to a BACKUP's MAC", frame_of(virtual_mac(2), net::kEtherTypeIpv6),
        Reason::not_master},
       {"an IGMP query", query_frame({}), Reason::host_query},
       {"about the group", query_frame({.group = net::kCarpGroup}), Reason::host_query},
       {"about the kernel's groups", query_frame({.group = ip("224.0.0.251")}), Reason::host_group},
       {"LLDP", frame_of(mac("01:80:c2:00:00:0e"), 0x88cc), Reason::host_group},
       {"another type", frame_of(kPortMac, 0x88b5), Reason::host_unicast},
       {"a second tag",
        net::build_ethernet(kPortMac, kClientMac, 100, net::kEtherTypeVlan, net::Frame(46, 0)),
        Reason::ether_type}});
}

TEST(HostIngress, CarpStaysControls) {
  Ipv4Spec spec{.destination_mac = net::kCarpGroupMac,
                .source_mac = virtual_mac(1),
                .source = ip("192.168.1.4"),
                .destination = net::kCarpGroup,
                .protocol = net::kProtocolCarp};
  const auto advert = ipv4_frame(spec, support::carp_message(1, 1));
  auto damaged = advert;
  damaged[14 + 10] ^= 1;
  auto fragment = spec;
  fragment.fragment = 0x2000;
  auto elsewhere = spec;
  elsewhere.destination_mac = kOtherMac;
  check_rows(host_scene(), {{"advert", advert, Reason::advert},
                            {"header checksum", damaged, Reason::ip_checksum},
                            ip_row("not ours", spec, Reason::advert_invalid),
                            ip_row("fragment", fragment, Reason::ip_fragment),
                            ip_row("another host's", elsewhere, Reason::other_host)});
}

TEST(HostIngress, TheInterfaceIsThatOfTheTag) {
  auto shared = tcp(virtual_mac(9), "10.0.0.51");
  shared.vlan = 100;
  auto backup = tcp(virtual_mac(1), "10.0.0.50");
  backup.vlan = 100;
  auto unknown = tcp(kPortMac, "10.0.0.3");
  unknown.vlan = 101;
  auto own = asks("10.0.0.100", "10.0.0.3");
  own.vlan = 100;
  check_rows(host_scene(), {ip_row("held there", shared, Reason::host_unicast),
                            ip_row("vhid 1 is BACKUP there", backup, Reason::not_master),
                            ip_row("nobody's VLAN", unknown, Reason::unknown_vlan),
                            {"own address there", arp_frame(own), Reason::host_arp}});
  SceneData one = host_data();
  one.interfaces[1].host = kNoHost;
  const Scene scene(one);
  EXPECT_EQ(run(scene, arp_frame(own)).reason, Reason::arp_answered);
  EXPECT_EQ(run(scene, arp_frame(asks("192.168.1.100", "192.168.1.3"))).reason, Reason::host_arp);
}

// Of IPv4 the 20 bytes up to its addresses must be there, of others the Ethernet header; the rest
// is the kernel's to miss.
TEST(HostIngress, TruncatedHeadersAreRefused) {
  auto tagged = tcp(virtual_mac(9), "10.0.0.51");
  tagged.vlan = 100;
  for (const Ipv4Spec& spec : {tcp(virtual_mac(1), "192.168.1.50"), tagged}) {
    const net::Frame whole = ipv4_frame(spec, net::Frame(20, 0x5a));
    const size_t least = (spec.vlan == 0 ? 14 : 18) + 20;
    for (size_t size = 0; size <= whole.size(); ++size) {
      const net::Frame cut(whole.begin(), whole.begin() + static_cast<long>(size));
      ASSERT_EQ(run(host_scene(), cut).reason,
                size < least ? Reason::too_short : Reason::host_unicast)
          << size;
    }
  }
  const net::Frame arp = arp_frame(asks("192.168.1.100", "192.168.1.3"));
  for (size_t size = 0; size < arp.size(); ++size) {
    const net::Frame cut(arp.begin(), arp.begin() + static_cast<long>(size));
    ASSERT_EQ(run(host_scene(), cut).reason, Reason::too_short) << size;
  }
}

// A jumbo frame whose headers are in its first segment; all that a worker answers or control reads
// must be whole.
TEST(HostIngress, OfSegmentedFramesOnlyTheKernelTakesAny) {
  const auto judge = [](net::Frame head, const Scene& scene) {
    const net::Frame before = head;
    const Reason reason = process_segmented(head, 0, scene.table(), kNow);
    EXPECT_EQ(head, before);
    return reason;
  };
  const auto first = [](const Ipv4Spec& spec) {
    net::Frame frame = ipv4_frame(spec, net::Frame(8000, 0x5a));
    frame.resize(2048);
    return frame;
  };
  const net::Frame held = first(tcp(virtual_mac(1), "192.168.1.50"));
  EXPECT_EQ(judge(held, host_scene()), Reason::host_unicast);
  EXPECT_EQ(judge(held, standard_scene()), Reason::segmented);
  EXPECT_EQ(judge(frame_of(kAllNodesMac, net::kEtherTypeIpv6), host_scene()), Reason::host_group);
  EXPECT_EQ(judge(first(tcp(virtual_mac(2), "192.168.1.51")), host_scene()), Reason::segmented);
  EXPECT_EQ(judge(arp_frame(asks("192.168.1.100", "192.168.1.50")), host_scene()),
            Reason::segmented);
  EXPECT_EQ(judge(arp_frame(asks("192.168.1.100", "192.168.1.3")), host_scene()),
            Reason::segmented);
  auto carp = tcp(net::kCarpGroupMac, "224.0.0.18");
  carp.protocol = net::kProtocolCarp;
  EXPECT_EQ(judge(first(carp), host_scene()), Reason::segmented);
  auto unknown = tcp(kPortMac, "192.168.1.3");
  unknown.vlan = 101;
  EXPECT_EQ(judge(first(unknown), host_scene()), Reason::segmented);
  for (size_t size = 0; size < 34; ++size) {
    const net::Frame cut(held.begin(), held.begin() + static_cast<long>(size));
    EXPECT_EQ(judge(cut, host_scene()), Reason::segmented) << size;
  }
}

// What the kernel gets of `in`, which must be for it.
struct Delivery {
  HostId host;
  net::Frame frame;
};
[[nodiscard]] Delivery deliver(const net::Frame& in) {
  Outcome outcome = run(host_scene(), in);
  EXPECT_EQ(verdict_of(outcome.reason), Verdict::host);
  const ToHost to = to_host(outcome.frame, 0, host_scene().table());
  outcome.frame.erase(outcome.frame.begin(), outcome.frame.begin() + static_cast<long>(to.front));
  return {to.host, std::move(outcome.frame)};
}

TEST(HostIngress, TheKernelGetsItsOwnMacAndNoTag) {
  const net::Frame data(20, 0x5a);
  for (const uint16_t vlan : {0, 100}) {
    for (const net::MacAddress& to : {kPortMac, virtual_mac(vlan == 0 ? 1 : 9), kAllNodesMac}) {
      auto spec = tcp(to, "198.51.100.7");
      spec.vlan = vlan;
      const auto [host, frame] = deliver(ipv4_frame(spec, data));
      EXPECT_EQ(host, vlan == 0 ? kHost : kVlanHost);
      spec.vlan = net::kUntagged;
      if (!to.is_group()) spec.destination_mac = kPortMac;
      EXPECT_TRUE(support::same_frame(frame, ipv4_frame(spec, data)));
    }
  }
}

// VLAN id 0 is a priority without a VLAN: the untagged interface's, and its tag goes as well.
TEST(HostIngress, APriorityTagIsTakenOff) {
  const auto spec = tcp(kPortMac, "192.168.1.3");
  net::Frame tagged = ipv4_frame(spec, {});
  tagged.insert(tagged.begin() + 12, {0x81, 0, 0xe0, 0});
  const auto [host, frame] = deliver(tagged);
  EXPECT_EQ(host, kHost);
  EXPECT_TRUE(support::same_frame(frame, ipv4_frame(spec, {})));
}

}  // namespace
}  // namespace carp::dataplane
