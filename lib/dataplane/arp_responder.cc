// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/arp_responder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
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

// The eight bytes at `place`, in one load.
[[nodiscard]] uint64_t load_word(const void* place) noexcept {
  uint64_t word = 0;
  std::memcpy(&word, place, sizeof word);
  return word;
}

// A MAC address as the first six of such bytes.
[[nodiscard]] constexpr uint64_t word_of(const net::MacAddress& mac) noexcept {
  std::array<uint8_t, 8> bytes{};
  std::copy(mac.bytes.begin(), mac.bytes.end(), bytes.begin());
  return std::bit_cast<uint64_t>(bytes);
}
constexpr uint64_t kMacBytes = word_of(net::kBroadcastMac);
constexpr uint64_t kGroupBit = word_of({{0x01, 0, 0, 0, 0, 0}});
constexpr uint64_t kVirtualBytes = word_of({{0xff, 0xff, 0xff, 0xff, 0xff, 0}});
constexpr uint64_t kVirtualMac = word_of(net::virtual_mac(0));

// Whether the sender's MAC address is one that `judge_sender` has a rule for.
[[nodiscard]] bool has_remarkable_mac(const net::ArpPacket& arp,
                                      const Interface& interface) noexcept {
  static_assert(offsetof(net::ArpPacket, sender_mac) + 8 <= sizeof arp);
  static_assert(offsetof(Interface, mac) + 8 <= sizeof interface);
  const uint64_t sender = load_word(&arp.sender_mac);
  const uint64_t own = load_word(&interface.mac);
  return (sender & kGroupBit) != 0 || ((sender ^ own) & kMacBytes) == 0 ||
         (sender & kVirtualBytes) == kVirtualMac;
}

// Whether anything about the sender needs the closer look of `judge_sender`. Almost never.
[[nodiscard]] bool is_remarkable(const net::ArpPacket& arp, const Interface& interface,
                                 const ForwardTable& table) noexcept {
  return has_remarkable_mac(arp, interface) ||
         table.may_be_shared(interface.index, net::Ipv4Address{arp.sender_ip.get()});
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
[[nodiscard, gnu::noinline]] Reason judge_other(const net::ArpPacket& arp,
                                                const Interface& interface,
                                                const ForwardTable& table, Ticks now) noexcept {
  const Head head = head_of(arp);
  if (std::memcmp(head.data(), kRequestHead.data(), kOperation) != 0) return Reason::arp_malformed;
  if (head != kReplyHead) return Reason::arp_not_request;
  return judge_sender(arp, interface, table, now).value_or(Reason::arp_not_request);
}

// C124, D6. Tag and padding stay as they came. The client's two addresses stand side by side and
// move as one.
[[gnu::always_inline]] inline void write_reply(net::EthernetHeader& ethernet, net::ArpPacket& arp,
                                               const Slot& slot) noexcept {
  constexpr size_t kSender = offsetof(net::ArpPacket, sender_mac);
  constexpr size_t kTarget = offsetof(net::ArpPacket, target_mac);
  const net::Be32 asked = arp.target_ip;
  auto* const bytes = reinterpret_cast<uint8_t*>(&arp);
  std::memcpy(bytes + kTarget, bytes + kSender, kTarget - kSender);
  ethernet.destination = arp.target_mac;
  ethernet.source = slot.source;
  arp.operation = net::Be16(net::kArpReply);
  arp.sender_mac = slot.mac;
  arp.sender_ip = asked;
}

// A request whose sender may ask. A probe's sender 0.0.0.0 falls to slot 0 by itself (C118).
[[nodiscard, gnu::always_inline]] inline Reason answer_request(net::Bytes frame,
                                                               net::ArpPacket& arp,
                                                               const Interface& interface,
                                                               const ForwardTable& table,
                                                               Ticks now) noexcept {
  const net::Ipv4Address target{arp.target_ip.get()};
  const AddressGroup* group = table.find(interface.index, target);
  if (group == nullptr) [[unlikely]]
    return Reason::arp_other_target;
  const Slot& slot = slot_for(net::Ipv4Address{arp.sender_ip.get()}, *group, table);
  const Mastership mastership = mastership_of(slot, table, now);
  if (!mastership.held) [[unlikely]]
    return mastership.silence;

  write_reply(*net::view_at<net::EthernetHeader>(frame, 0), arp, slot);
  return Reason::arp_answered;
}

// Out of line, as all that is rare: the straight line then needs no stack.
[[nodiscard, gnu::noinline]] Reason answer_remarkable(net::Bytes frame, net::ArpPacket& arp,
                                                      const Interface& interface,
                                                      const ForwardTable& table,
                                                      Ticks now) noexcept {
  if (const auto reason = judge_sender(arp, interface, table, now)) return *reason;
  return answer_request(frame, arp, interface, table, now);
}

}  // namespace

// The Ethernet destination is not looked at: unicast requests are answered too (C117).
Reason answer_arp(net::Bytes frame, size_t payload, const Interface& interface,
                  const ForwardTable& table, Ticks now) noexcept {
  auto* arp = net::view_at<net::ArpPacket>(frame, payload);
  if (arp == nullptr) return Reason::too_short;
  if (head_of(*arp) != kRequestHead) [[unlikely]] {
    return judge_other(*arp, interface, table, now);
  }
  if (is_remarkable(*arp, interface, table)) [[unlikely]] {
    return answer_remarkable(frame, *arp, interface, table, now);
  }
  return answer_request(frame, *arp, interface, table, now);
}

}  // namespace carp::dataplane
