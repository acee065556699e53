// SPDX-License-Identifier: BSD-3-Clause
//
// What the kernel may send, and with which MAC (I7.2). Rows in the host scene (scene.h).
#include "lib/dataplane/host_egress.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>

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

struct Sent {
  HostReason reason;
  net::Frame frame;
};

// In a heap buffer of exactly its size, so that the address sanitizer sees every access outside.
[[nodiscard]] Sent send(const Scene& scene, const net::Frame& frame, HostId host = kHost) {
  const auto buffer = std::make_unique<uint8_t[]>(frame.size());
  std::copy(frame.begin(), frame.end(), buffer.get());
  const Interface* interface = scene.table().find_host(host);
  const HostReason reason =
      from_host({buffer.get(), frame.size()}, *interface, scene.table(), kNow);
  net::Frame after(buffer.get(), buffer.get() + frame.size());
  if (!leaves(reason) || reason == HostReason::sent) {
    EXPECT_EQ(after, frame) << info_of(reason).name;
  }
  return {reason, std::move(after)};
}

// Where `out` is empty the frame must stay as it was.
struct HostRow {
  std::string sentence;
  net::Frame in;
  HostReason reason;
  net::Frame out = {};
  HostId host = kHost;
};
void check_sent(const Scene& scene, const std::vector<HostRow>& rows) {
  for (const HostRow& row : rows) {
    SCOPED_TRACE(row.sentence);
    const Sent sent = send(scene, row.in, row.host);
    EXPECT_EQ(info_of(sent.reason).name, info_of(row.reason).name);
    EXPECT_TRUE(support::same_frame(sent.frame, row.out.empty() ? row.in : row.out));
  }
}

// A segment of the kernel.
[[nodiscard]] Ipv4Spec tcp(const char* source, const char* destination) {
  return {.destination_mac = kClientMac,
          .source_mac = kPortMac,
          .source = ip(source),
          .destination = ip(destination),
          .protocol = 6};
}
[[nodiscard]] net::Frame bytes(const Ipv4Spec& spec) {
  return ipv4_frame(spec, net::Frame(20, 0x5a));
}
[[nodiscard]] HostRow plain(std::string sentence, const Ipv4Spec& spec, HostReason reason) {
  return {std::move(sentence), bytes(spec), reason};
}
[[nodiscard]] HostRow shared(std::string sentence, Ipv4Spec spec, uint8_t vhid) {
  const net::Frame in = bytes(spec);
  spec.source_mac = virtual_mac(vhid);
  return {std::move(sentence), in, HostReason::sent_shared, bytes(spec)};
}

[[nodiscard]] ArpSpec asks(const char* sender, const char* target) {
  return {.sender_mac = kPortMac, .sender_ip = ip(sender), .target_ip = ip(target)};
}
[[nodiscard]] ArpSpec replies(const char* sender) {
  ArpSpec spec = asks(sender, "192.168.1.100");
  spec.destination = kClientMac;
  spec.operation = net::kArpReply;
  spec.target_mac = kClientMac;
  return spec;
}
[[nodiscard]] HostRow plain(std::string sentence, const ArpSpec& spec, HostReason reason) {
  return {std::move(sentence), arp_frame(spec), reason};
}

TEST(HostReasons, HaveDifferentNamesAndSayWhatLeaves) {
  std::set<std::string_view> names;
  std::set<std::string_view> texts;
  for (const HostReasonInfo& info : kHostReasons) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_TRUE(texts.insert(info.text).second) << info.text;
  }
  for (size_t i = 0; i < kHostReasonCount; ++i) {
    const auto reason = static_cast<HostReason>(i);
    EXPECT_EQ(leaves(reason), info_of(reason).name.starts_with("sent")) << info_of(reason).name;
  }
}

TEST(HostCounters, CountEachReasonByItself) {
  HostCounters counters;
  for (size_t i = 0; i < kHostReasonCount; ++i) counters.of(static_cast<HostReason>(i)).add(i);
  for (size_t i = 0; i < kHostReasonCount; ++i)
    EXPECT_EQ(std::as_const(counters).of(static_cast<HostReason>(i)).get(), i);
}

TEST(HostEgress, WhatIsNotInASharedAddressesNameLeavesAsItIs) {
  auto dhcp = tcp("0.0.0.0", "255.255.255.255");
  dhcp.destination_mac = net::kBroadcastMac;
  check_sent(host_scene(),
             {plain("own address", tcp("192.168.1.3", "192.168.1.100"), HostReason::sent),
              plain("to a shared one", tcp("192.168.1.3", "192.168.1.51"), HostReason::sent),
              plain("no address yet", dhcp, HostReason::sent),
              plain("an address by hand", tcp("192.168.1.77", "192.168.1.100"), HostReason::sent),
              plain("asks as itself", asks("192.168.1.3", "192.168.1.100"), HostReason::sent),
              plain("asks for a shared one", asks("192.168.1.3", "192.168.1.51"), HostReason::sent),
              plain("probes", asks("0.0.0.0", "192.168.1.77"), HostReason::sent),
              plain("answers for itself", replies("192.168.1.3"), HostReason::sent),
              plain("announces itself", asks("192.168.1.3", "192.168.1.3"), HostReason::sent),
              {"IPv6",
               net::build_ethernet(kClientMac, kPortMac, net::kUntagged, net::kEtherTypeIpv6,
                                   net::Frame(40, 0x60)),
               HostReason::sent}});
}

TEST(HostEgress, Ipv4OfASharedAddressLeavesWithItsVirtualMacWhileHeld) {
  auto fragment = tcp("192.168.1.50", "192.168.1.100");
  fragment.fragment = 185;
  auto unreachable = tcp("192.168.1.51", "192.168.1.100");
  unreachable.protocol = net::kProtocolIcmp;
  check_sent(
      host_scene(),
      {shared("MASTER", tcp("192.168.1.50", "192.168.1.100"), 1), shared("fragment", fragment, 1),
       plain("BACKUP", tcp("192.168.1.51", "192.168.1.100"), HostReason::not_master),
       plain("BACKUP, ICMP", unreachable, HostReason::not_master),
       plain("lapsed (D4)", tcp("192.168.1.52", "192.168.1.100"), HostReason::lease_lapsed)});
}

// So that no neighbour's cache learns the port's MAC for it.
TEST(HostEgress, RequestsOfASharedAddressNameTheVirtualMac) {
  auto out = asks("192.168.1.50", "192.168.1.100");
  out.sender_mac = virtual_mac(1);
  check_sent(
      host_scene(),
      {{"MASTER", arp_frame(asks("192.168.1.50", "192.168.1.100")), HostReason::sent_shared,
        arp_frame(out)},
       plain("BACKUP", asks("192.168.1.51", "192.168.1.100"), HostReason::not_master),
       plain("lapsed (D4)", asks("192.168.1.52", "192.168.1.100"), HostReason::lease_lapsed)});
}

// Whoever is MASTER: to answer is the workers', to announce control's.
TEST(HostEgress, TheKernelNeverAnswersForOrAnnouncesASharedAddress) {
  std::vector<HostRow> rows;
  for (const char* address : {"192.168.1.50", "192.168.1.51", "192.168.1.52", "192.168.1.10"}) {
    const std::string of = std::string(" of ") + address;
    rows.push_back(plain("reply" + of, replies(address), HostReason::arp_answer));
    rows.push_back(
        plain("gratuitous request" + of, asks(address, address), HostReason::arp_announcement));
    auto reply = replies(address);
    reply.target_ip = ip(address);
    rows.push_back(plain("gratuitous reply" + of, reply, HostReason::arp_announcement));
    auto other = replies(address);
    other.operation = 9;
    rows.push_back(plain("operation 9" + of, other, HostReason::arp_answer));
  }
  check_sent(host_scene(), rows);
}

// The client's slot where it is held, else another: a connection that came by a router is ours
// although its far end falls to a slot of another host.
TEST(HostEgress, Ipv4OfABalancedAddressLeavesWithAHeldSlotsMac) {
  check_sent(host_scene(), {shared("our client", tcp("192.168.1.10", "192.168.1.100"), 4),
                            shared("another's", tcp("192.168.1.10", "192.168.1.101"), 4)});
  const auto scene_of = [](Standing first, Standing second) {
    SceneData data = host_data();
    data.addresses[4].shares = {{4, first}, {5, second}};
    return data;
  };
  check_sent(Scene(scene_of(Standing::master, Standing::master)),
             {shared("both held, even", tcp("192.168.1.10", "192.168.1.100"), 4),
              shared("both held, odd", tcp("192.168.1.10", "192.168.1.101"), 5)});
  check_sent(Scene(scene_of(Standing::lapsed, Standing::master)),
             {shared("one lapsed", tcp("192.168.1.10", "192.168.1.100"), 5)});
  check_sent(Scene(scene_of(Standing::backup, Standing::lapsed)),
             {plain("none held", tcp("192.168.1.10", "192.168.1.100"), HostReason::lease_lapsed),
              plain("asks", asks("192.168.1.10", "192.168.1.100"), HostReason::lease_lapsed)});
  check_sent(Scene(scene_of(Standing::backup, Standing::backup)),
             {plain("no MASTER", tcp("192.168.1.10", "192.168.1.100"), HostReason::not_master),
              plain("asks", asks("192.168.1.10", "192.168.1.100"), HostReason::not_master)});
}

// D19. Of several own addresses the one nearest to the target; of none, nobody: a probe.
TEST(HostEgress, RequestsOfABalancedAddressLeaveInAnOwnAddressesName) {
  SceneData data = host_data();
  data.addresses.push_back({0, ip("192.168.7.3")});
  data.addresses.push_back({1, ip("192.168.1.99")});  // nearer, but of another interface
  const auto row = [](const char* target, const char* own) {
    return HostRow{target, arp_frame(asks("192.168.1.10", target)), HostReason::sent_balanced,
                   arp_frame(asks(own, target))};
  };
  check_sent(Scene(data), {row("192.168.1.100", "192.168.1.3"), row("192.168.7.100", "192.168.7.3"),
                           row("192.168.1.101", "192.168.1.3")});
  data.addresses.erase(data.addresses.end() - 2);
  data.addresses.erase(data.addresses.begin());
  check_sent(Scene(data), {row("192.168.1.100", "0.0.0.0")});
}

TEST(HostEgress, ForgedFramesNeverLeave) {
  auto advert = tcp("192.168.1.3", "224.0.0.18");
  advert.protocol = net::kProtocolCarp;
  auto unicast = tcp("192.168.1.50", "192.168.1.4");
  unicast.protocol = net::kProtocolCarp;
  auto as_master = tcp("192.168.1.50", "192.168.1.100");
  as_master.source_mac = virtual_mac(1);
  auto bridged = tcp("192.168.1.77", "192.168.1.100");
  bridged.source_mac = mac("02:00:00:00:00:0b");
  auto tagged = tcp("192.168.1.3", "192.168.1.100");
  tagged.vlan = 100;
  auto malformed = arp_frame(asks("192.168.1.3", "192.168.1.100"));
  malformed[15] = 6;
  check_sent(host_scene(), {plain("advertisement", advert, HostReason::carp),
                            plain("advertisement to a peer", unicast, HostReason::carp),
                            plain("a virtual MAC", as_master, HostReason::other_source),
                            plain("behind a bridge", bridged, HostReason::other_source),
                            plain("a tag of its own", tagged, HostReason::tagged),
                            {"ARP of IEEE 802", malformed, HostReason::arp_malformed}});
}

TEST(HostEgress, TruncatedHeadersAreRefused) {
  const net::Frame segment = bytes(tcp("192.168.1.50", "192.168.1.100"));
  for (size_t size = 0; size <= segment.size(); ++size) {
    const net::Frame cut(segment.begin(), segment.begin() + static_cast<long>(size));
    ASSERT_EQ(send(host_scene(), cut).reason,
              size < 34 ? HostReason::too_short : HostReason::sent_shared)
        << size;
  }
  const net::Frame arp = arp_frame(asks("192.168.1.50", "192.168.1.100"));
  for (size_t size = 0; size < arp.size(); ++size) {
    const net::Frame cut(arp.begin(), arp.begin() + static_cast<long>(size));
    ASSERT_EQ(send(host_scene(), cut).reason, HostReason::too_short) << size;
  }
}

// The rules of the VLAN's own addresses, then its tag in front of what they left.
TEST(HostEgress, AVlansFramesGetItsTag) {
  const Interface& interface = *host_scene().table().find_host(kVlanHost);
  ASSERT_EQ(tag_room(interface), 4u);
  for (const bool is_shared : {false, true}) {
    auto spec = tcp(is_shared ? "10.0.0.51" : "10.0.0.3", "10.0.0.100");
    const Sent sent = send(host_scene(), bytes(spec), kVlanHost);
    ASSERT_EQ(sent.reason, is_shared ? HostReason::sent_shared : HostReason::sent);
    net::Frame roomy(sent.frame.size() + 4, 0xee);
    std::copy(sent.frame.begin(), sent.frame.end(), roomy.begin() + 4);
    insert_tag(roomy, interface);
    spec.vlan = 100;
    if (is_shared) spec.source_mac = virtual_mac(9);
    EXPECT_TRUE(support::same_frame(roomy, bytes(spec)));
  }
  EXPECT_EQ(send(host_scene(), bytes(tcp("10.0.0.50", "10.0.0.100")), kVlanHost).reason,
            HostReason::not_master);
  EXPECT_EQ(send(host_scene(), bytes(tcp("192.168.1.51", "10.0.0.100")), kVlanHost).reason,
            HostReason::sent);  // nobody's address on this one
}

TEST(HostEgress, AnUntaggedInterfacesFramesGetNone) {
  const Interface& interface = *host_scene().table().find_host(kHost);
  EXPECT_EQ(tag_room(interface), 0u);
  const net::Frame before = bytes(tcp("192.168.1.3", "192.168.1.100"));
  net::Frame frame = before;
  insert_tag(frame, interface);
  EXPECT_EQ(frame, before);
}

}  // namespace
}  // namespace carp::dataplane
