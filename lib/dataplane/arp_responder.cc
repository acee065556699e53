// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/arp_responder.h"

#include <optional>

namespace carp::dataplane {
namespace {

[[nodiscard]] bool is_shared(net::Ipv4Address address, InterfaceIndex interface,
                             const ForwardTable& table) noexcept {
  if (!table.may_be_shared(interface, address)) return false;
  const AddressGroup* group = table.find(interface, address);
  return group != nullptr && group->shared;
}

// Whether we answer for the shared address that a stranger uses as its own (C120, D18). With
// balancing only the host that would answer the stranger speaks up.
[[nodiscard]] bool claims_held_address(net::Ipv4Address sender, InterfaceIndex interface,
                                       const ForwardTable& table, Ticks now) noexcept {
  if (!is_shared(sender, interface, table)) return false;
  const AddressGroup& group = *table.find(interface, sender);
  return mastership_of(table.slot_for(group, sender), table, now).held;
}

// What the sender alone decides, request or reply; nothing where it is an ordinary neighbour.
[[nodiscard]] std::optional<Reason> judge_sender(const net::ArpPacket& arp,
                                                 const Interface& interface,
                                                 const ForwardTable& table, Ticks now) noexcept {
  const InterfaceIndex index = interface.index;
  const net::Ipv4Address sender{arp.sender_ip.get()};
  const net::Ipv4Address target{arp.target_ip.get()};
  // C122. The answer would go to everybody.
  if (arp.sender_mac.is_group()) return Reason::arp_bad_sender;
  // C121. Answering ourselves would turn round for ever.
  if (arp.sender_mac == interface.mac) return Reason::arp_own_frame;
  // D17. Only vhids configured here: the virtual MAC of any other group, or of a VRRP router, is a
  // neighbour like all others, and may well ask for us.
  if (table.find_vhost(index, arp.sender_mac) != nullptr) {
    if (!is_shared(sender, index, table) && !is_shared(target, index, table)) return std::nullopt;
    return Reason::arp_from_virtual;
  }
  if (claims_held_address(sender, index, table, now)) return Reason::arp_conflict;
  return std::nullopt;
}

// What no worker answers, for `reason`, may be for the kernel.
[[nodiscard]] Reason refuse(const net::EthernetHeader& ethernet, const net::ArpPacket& arp,
                            const Interface& interface, const ForwardTable& table, Ticks now,
                            Reason reason) noexcept {
  if (interface.host == kNoHost) return reason;
  return judge_arp_for_host(ethernet, arp, interface, table, now, reason);
}

// Never answered, but a reply can show a conflict.
[[nodiscard]] Reason judge_unasked(const net::ArpPacket& arp, const Interface& interface,
                                   const ForwardTable& table, Ticks now) noexcept {
  if (is_reply(arp)) {
    return judge_sender(arp, interface, table, now).value_or(Reason::arp_not_request);
  }
  return is_ipv4_over_ethernet(arp) ? Reason::arp_not_request : Reason::arp_malformed;
}

}  // namespace

Reason judge_other(const net::EthernetHeader& ethernet, const net::ArpPacket& arp,
                   const Interface& interface, const ForwardTable& table, Ticks now) noexcept {
  return refuse(ethernet, arp, interface, table, now, judge_unasked(arp, interface, table, now));
}

Reason refuse_target(const net::EthernetHeader& ethernet, const net::ArpPacket& arp,
                     InterfaceIndex interface, const ForwardTable& table, Ticks now) noexcept {
  return refuse(ethernet, arp, table.interfaces()[interface], table, now, Reason::arp_other_target);
}

Reason answer_remarkable(net::EthernetHeader& ethernet, net::ArpPacket& arp,
                         const Interface& interface, const ForwardTable& table,
                         Ticks now) noexcept {
  if (const auto reason = judge_sender(arp, interface, table, now)) {
    return refuse(ethernet, arp, interface, table, now, *reason);
  }
  return answer_request(ethernet, arp, interface, table, now);
}

}  // namespace carp::dataplane
