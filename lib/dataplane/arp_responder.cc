// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/arp_responder.h"

#include <array>
#include <cstring>
#include <optional>

#include "lib/dataplane/mastership.h"
#include "lib/net/arp.h"
#include "lib/proto/balance.h"

namespace carp::dataplane {
namespace {

// The first 8 bytes of an ARP packet, in one comparison: Ethernet, IPv4, their lengths, and the
// operation, which is the last 2 of them.
using Head = std::array<uint8_t, 8>;
constexpr Head kRequestHead = {0, 1, 0x08, 0x00, 6, 4, 0, net::kArpRequest};
constexpr Head kReplyHead = {0, 1, 0x08, 0x00, 6, 4, 0, net::kArpReply};
constexpr size_t kOperation = 6;  // where it begins

[[nodiscard]] Head head_of(const net::ArpPacket& arp) noexcept {
  Head head;
  std::memcpy(head.data(), &arp, sizeof head);
  return head;
}

// The slot that serves `sender`.
[[nodiscard]] const Slot& slot_for(net::Ipv4Address sender, const AddressGroup& group,
                                   const ForwardTable& table) noexcept {
  return table.slots(group)[proto::choose_slot(sender, group.slot_count)];
}

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
  return mastership_of(slot_for(sender, group, table), table, now).held;
}

// Whether anything about the sender needs the closer look of `judge_sender`. Almost never: one
// branch for all of its rules.
[[nodiscard]] bool is_remarkable(const net::ArpPacket& arp, const Interface& interface,
                                 const ForwardTable& table) noexcept {
  const net::Ipv4Address sender{arp.sender_ip.get()};
  return arp.sender_mac.is_group() | (arp.sender_mac == interface.mac) |
         net::vhid_of(arp.sender_mac).has_value() |
         table.may_be_shared(table.index_of(interface), sender);
}

// What the sender alone decides, request or reply; nothing where it is an ordinary neighbour.
[[nodiscard]] std::optional<Reason> judge_sender(const net::ArpPacket& arp,
                                                 const Interface& interface,
                                                 const ForwardTable& table, Ticks now) noexcept {
  const InterfaceIndex index = table.index_of(interface);
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

// An ARP packet that is no request: never answered, but a reply can show a conflict.
[[nodiscard]] Reason judge_other(const net::ArpPacket& arp, const Interface& interface,
                                 const ForwardTable& table, Ticks now) noexcept {
  const Head head = head_of(arp);
  if (std::memcmp(head.data(), kRequestHead.data(), kOperation) != 0) return Reason::arp_malformed;
  if (head != kReplyHead) return Reason::arp_not_request;
  return judge_sender(arp, interface, table, now).value_or(Reason::arp_not_request);
}

// C124, D6. Tag and padding stay as they came.
void write_reply(net::EthernetHeader& ethernet, net::ArpPacket& arp, const Slot& slot) noexcept {
  const net::Be32 asked = arp.target_ip;
  ethernet.destination = arp.sender_mac;
  ethernet.source = slot.source;
  arp.operation = net::Be16(net::kArpReply);
  arp.target_mac = arp.sender_mac;
  arp.target_ip = arp.sender_ip;
  arp.sender_mac = slot.mac;
  arp.sender_ip = asked;
}

}  // namespace

// The Ethernet destination is not looked at: unicast requests are answered too (C117). A probe's
// sender 0.0.0.0 falls to slot 0 by itself (C118).
Reason answer_arp(net::Bytes frame, const Link& link, const Interface& interface,
                  const ForwardTable& table, Ticks now) noexcept {
  auto* arp = net::view_at<net::ArpPacket>(frame, link.payload);
  if (arp == nullptr) return Reason::too_short;
  if (head_of(*arp) != kRequestHead) [[unlikely]] {
    return judge_other(*arp, interface, table, now);
  }
  if (is_remarkable(*arp, interface, table)) [[unlikely]] {
    if (const auto reason = judge_sender(*arp, interface, table, now)) return *reason;
  }

  const net::Ipv4Address target{arp->target_ip.get()};
  const AddressGroup* group = table.find(table.index_of(interface), target);
  if (group == nullptr) return Reason::arp_other_target;
  const Slot& slot = slot_for(net::Ipv4Address{arp->sender_ip.get()}, *group, table);
  const Mastership mastership = mastership_of(slot, table, now);
  if (!mastership.held) return mastership.silence;

  write_reply(*link.ethernet, *arp, slot);
  return Reason::arp_answered;
}

}  // namespace carp::dataplane
