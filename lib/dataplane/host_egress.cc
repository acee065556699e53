// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/host_egress.h"

#include <array>
#include <bit>
#include <cassert>
#include <cstring>

#include "lib/dataplane/arp_words.h"
#include "lib/dataplane/mastership.h"
#include "lib/net/ipv4.h"

namespace carp::dataplane {
namespace {

// The slot in whose name a frame from a shared address leaves, or why none does.
struct Sender {
  const Slot* slot;  // null: nobody's, `silence` says why
  HostReason silence;
};

// The kernel has the address while any of its vhosts is MASTER here. The slot of the frame's target
// comes first, so that this client sees one MAC only; behind a router its own may be another
// host's, and its connection is ours all the same.
[[nodiscard]] Sender sender_of(const AddressGroup& group, net::Be32 target,
                               const ForwardTable& table, Ticks now) noexcept {
  const Slot& slot = table.slot_for(group, net::Ipv4Address{target.get()});
  if (mastership_of(slot, table, now).held) return {&slot, {}};
  HostReason silence = HostReason::not_master;
  for (const Slot& other : table.slots(group)) {
    const Mastership mastership = mastership_of(other, table, now);
    if (mastership.held) return {&other, {}};
    if (mastership.silence == Reason::lease_lapsed) silence = HostReason::lease_lapsed;
  }
  return {nullptr, silence};
}

// Null where the address is no shared one of the interface.
[[nodiscard]] const AddressGroup* find_shared(net::Be32 address, const Interface& interface,
                                              const ForwardTable& table) noexcept {
  const AddressGroup* group = table.find(key_of(interface.index, address));
  return group != nullptr && group->shared ? group : nullptr;
}

// The own address that has most leading bits in common with `target`: nearly always the one in its
// subnet, whose requests no neighbour finds strange. 0.0.0.0, a probe, where there is none.
[[nodiscard]] net::Be32 own_address_for(net::Be32 target, const Interface& interface,
                                        const ForwardTable& table) noexcept {
  net::Ipv4Address nearest;
  int most = -1;
  for (const OwnAddress& own : table.own_addresses()) {
    if (own.interface != interface.index) continue;
    const int common = std::countl_zero(own.address.value ^ target.get());
    if (common > most) {
      most = common;
      nearest = own.address;
    }
  }
  return nearest.wire();
}

[[nodiscard]] HostReason send_arp(net::EthernetHeader& ethernet, net::ArpPacket& arp,
                                  const Interface& interface, const ForwardTable& table,
                                  Ticks now) noexcept {
  if (!is_ipv4_over_ethernet(arp)) return HostReason::arp_malformed;
  const AddressGroup* group = find_shared(arp.sender_ip, interface, table);
  if (group == nullptr) return HostReason::sent;
  if (arp.sender_ip == arp.target_ip) return HostReason::arp_announcement;
  if (!is_request(arp)) return HostReason::arp_answer;
  const Sender sender = sender_of(*group, arp.target_ip, table, now);
  if (sender.slot == nullptr) return sender.silence;
  // D19. Whoever hears it would take this slot for the whole address, also clients of the others.
  if (group->slot_count > 1) {
    arp.sender_mac = interface.mac;
    arp.sender_ip = own_address_for(arp.target_ip, interface, table);
    return HostReason::sent_balanced;
  }
  arp.sender_mac = sender.slot->mac;
  ethernet.source = sender.slot->mac;
  return HostReason::sent_shared;
}

[[nodiscard]] HostReason send_ipv4(net::EthernetHeader& ethernet, const net::Ipv4Header& ip,
                                   const Interface& interface, const ForwardTable& table,
                                   Ticks now) noexcept {
  if (ip.protocol == net::kProtocolCarp) return HostReason::carp;
  const AddressGroup* group = find_shared(ip.source, interface, table);
  if (group == nullptr) return HostReason::sent;
  const Sender sender = sender_of(*group, ip.destination, table, now);
  if (sender.slot == nullptr) return sender.silence;
  ethernet.source = sender.slot->mac;
  return HostReason::sent_shared;
}

}  // namespace

HostReason from_host(net::Bytes frame, const Interface& interface, const ForwardTable& table,
                     Ticks now) noexcept {
  auto* ethernet = net::view_at<net::EthernetHeader>(frame, 0);
  if (ethernet == nullptr) return HostReason::too_short;
  // Above all no virtual MAC: only who is MASTER may show it to a switch.
  if (ethernet->source != interface.mac) return HostReason::other_source;
  constexpr size_t kPayload = sizeof *ethernet;
  switch (ethernet->ether_type.get()) {
    case net::kEtherTypeVlan: return HostReason::tagged;
    case net::kEtherTypeArp: {
      auto* arp = net::view_at<net::ArpPacket>(frame, kPayload);
      if (arp == nullptr) return HostReason::too_short;
      return send_arp(*ethernet, *arp, interface, table, now);
    }
    case net::kEtherTypeIpv4: {
      const auto* ip = net::view_at<net::Ipv4Header>(frame, kPayload);
      if (ip == nullptr) return HostReason::too_short;
      return send_ipv4(*ethernet, *ip, interface, table, now);
    }
    default: return HostReason::sent;
  }
}

size_t tag_room(const Interface& interface) noexcept {
  return interface.vlan == net::kUntagged ? 0 : sizeof(net::VlanTag);
}

void insert_tag(net::Bytes frame, const Interface& interface) noexcept {
  if (tag_room(interface) == 0) return;
  assert(frame.size() >= sizeof(net::EthernetHeader) + sizeof(net::VlanTag));
  constexpr size_t kAddresses = 2 * sizeof(net::MacAddress);
  std::memmove(frame.data(), frame.data() + sizeof(net::VlanTag), kAddresses);
  // What was the type of the frame stands where it belongs: behind the tag's control.
  const std::array tag{net::Be16(net::kEtherTypeVlan), net::Be16(interface.vlan)};
  std::memcpy(frame.data() + kAddresses, tag.data(), sizeof tag);
}

}  // namespace carp::dataplane
