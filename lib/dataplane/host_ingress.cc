// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/host_ingress.h"

#include <cassert>
#include <cstring>

#include "lib/dataplane/destination.h"
#include "lib/proto/igmp.h"

namespace carp::dataplane {
namespace {

[[nodiscard]] bool is_shared(net::Be32 address, InterfaceIndex interface,
                             const ForwardTable& table) noexcept {
  const AddressGroup* group = table.find(key_of(interface, address));
  return group != nullptr && group->shared;
}

[[nodiscard]] Reason host_by_mac(const net::MacAddress& destination) noexcept {
  return destination.is_group() ? Reason::host_group : Reason::host_unicast;
}

// A shared address belongs to this host while held. Any other is the kernel's to judge: it may
// have addresses that we do not know (a DHCP client's first), and may route.
[[nodiscard]] Reason judge_ipv4(const net::Ipv4Header& ip, const net::MacAddress& destination,
                                const Interface& interface, const ForwardTable& table,
                                Ticks now) noexcept {
  const AddressGroup* group = table.find(key_of(interface.index, ip.destination));
  if (group != nullptr && group->shared) {
    const Slot& slot =
        addressed_slot(*group, table, destination, net::Ipv4Address{ip.source.get()});
    const Mastership mastership = mastership_of(slot, table, now);
    if (!mastership.held) return mastership.silence;
  }
  return host_by_mac(destination);
}

}  // namespace

Reason judge_for_host(net::ConstBytes frame, const Link& link, const Interface& interface,
                      const ForwardTable& table, Ticks now) noexcept {
  const net::MacAddress& destination = link.ethernet->destination;
  // A second tag: its VLAN is no interface of ours, and what the kernel sends there is refused.
  if (link.ether_type == net::kEtherTypeVlan) return Reason::ether_type;
  if (!destination.is_group()) {
    if (const auto reason = refuse_frame(destination, interface, table, now)) return *reason;
  }
  if (link.ether_type != net::kEtherTypeIpv4) return host_by_mac(destination);
  const auto* ip = net::view_at<net::Ipv4Header>(frame, link.payload);
  if (ip == nullptr) return Reason::too_short;
  const Reason reason = judge_ipv4(*ip, destination, interface, table, now);
  // The kernel is no member of the CARP group: for that control answers, as everywhere (I6.5).
  const bool is_query = verdict_of(reason) == Verdict::host && ip->protocol == net::kProtocolIgmp &&
                        !ip->is_fragment() && proto::parse_query(frame).ok();
  return is_query ? Reason::host_query : reason;
}

Reason judge_arp_for_host(const net::EthernetHeader& ethernet, const net::ArpPacket& arp,
                          const Interface& interface, const ForwardTable& table, Ticks now,
                          Reason reason) noexcept {
  switch (reason) {
    case Reason::arp_other_target:
    case Reason::arp_not_request:
    case Reason::arp_from_virtual: break;  // a MASTER asks for our own address, or answers us
    default: return reason;
  }
  // Whoever asks for a shared address, or announces it, is a worker's business or nobody's. What
  // names it as target only because the kernel asked in its name is the answer to that.
  const bool is_about_target =
      arp.operation.get() != net::kArpReply || arp.sender_ip == arp.target_ip;
  if (is_about_target && is_shared(arp.target_ip, interface.index, table)) return reason;
  const net::MacAddress& to = ethernet.destination;
  return !to.is_group() && refuse_frame(to, interface, table, now) ? reason : Reason::host_arp;
}

Reason process_segmented(net::Bytes head, PortId port, const ForwardTable& table,
                         Ticks now) noexcept {
  const Link link = read_link(head);
  if (link.ethernet == nullptr || link.ether_type == net::kEtherTypeArp) return Reason::segmented;
  const Interface* interface = table.find_interface(port, link.vlan);
  if (interface == nullptr || interface->host == kNoHost || is_carp(head, link)) {
    return Reason::segmented;
  }
  const Reason reason = judge_for_host(head, link, *interface, table, now);
  return verdict_of(reason) == Verdict::host ? reason : Reason::segmented;
}

ToHost to_host(net::Bytes frame, PortId port, const ForwardTable& table) noexcept {
  const Link link = read_link(frame);
  assert(link.ethernet != nullptr);
  const Interface* interface = table.find_interface(port, link.vlan);
  assert(interface != nullptr);
  net::MacAddress& destination = link.ethernet->destination;
  if (!destination.is_group()) destination = interface->mac;
  const size_t front = link.payload - kUntaggedPayload;
  if (front != 0) std::memmove(frame.data() + front, frame.data(), 2 * sizeof(net::MacAddress));
  return {interface->host, front};
}

}  // namespace carp::dataplane
