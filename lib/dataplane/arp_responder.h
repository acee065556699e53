// SPDX-License-Identifier: BSD-3-Clause
//
// Who gets an answer to which ARP packet, and the answer. A request for one of our addresses
// becomes the reply in place; the straight line through `answer_arp` is the program's hot path and
// stands here, for a worker's loop to take in. Pure; workers, per frame.
#pragma once

#include <cstddef>

#include "lib/dataplane/arp_words.h"
#include "lib/dataplane/classify.h"
#include "lib/dataplane/host_ingress.h"
#include "lib/dataplane/mastership.h"
#include "lib/dataplane/table.h"
#include "lib/net/arp.h"

namespace carp::dataplane {

// Decides on an ARP packet that is no request, or whose sender is_remarkable. Out of line, as all
// that is rare: the straight line then needs neither its registers nor its stack.
[[nodiscard, gnu::cold]] Reason judge_other(const net::EthernetHeader& ethernet,
                                            const net::ArpPacket& arp, const Interface& interface,
                                            const ForwardTable& table, Ticks now) noexcept;
[[nodiscard, gnu::cold]] Reason answer_remarkable(net::EthernetHeader& ethernet,
                                                  net::ArpPacket& arp, const Interface& interface,
                                                  const ForwardTable& table, Ticks now) noexcept;

// Nobody here answers for the target; the interface's kernel may. Told what of the interface is at
// hand by then: to keep more would cost every answer.
[[nodiscard, gnu::cold]] Reason refuse_target(const net::EthernetHeader& ethernet,
                                              const net::ArpPacket& arp, InterfaceIndex interface,
                                              const ForwardTable& table, Ticks now) noexcept;

// Whether anything about the sender needs the closer look of `answer_remarkable`. Almost never.
[[nodiscard, gnu::always_inline]] inline bool is_remarkable(const net::ArpPacket& arp,
                                                            const Interface& interface,
                                                            const ForwardTable& table) noexcept {
  static_assert(offsetof(Interface, mac) + sizeof(uint64_t) <= sizeof(Interface));
  return has_remarkable_mac(arp, interface.mac) ||
         table.may_be_shared(interface.key | arp.sender_ip.raw());
}

// A request whose sender may ask. A probe's sender 0.0.0.0 falls to slot 0 by itself (C118).
[[nodiscard, gnu::always_inline]] inline Reason answer_request(net::EthernetHeader& ethernet,
                                                               net::ArpPacket& arp,
                                                               const Interface& interface,
                                                               const ForwardTable& table,
                                                               Ticks now) noexcept {
  const AddressKey key = interface.key | arp.target_ip.raw();
  const AddressGroup* group = table.find(key);
  if (group == nullptr) [[unlikely]]
    return refuse_target(ethernet, arp, interface_of(key), table, now);
  const Slot& slot = table.slot_for(*group, net::Ipv4Address{arp.sender_ip.get()});
  const Mastership mastership = mastership_of(slot, table, now);
  if (!mastership.held) [[unlikely]]
    return mastership.silence;
  write_reply(ethernet, arp, slot.source, slot.mac);
  return Reason::arp_answered;
}

// Decides on the ARP packet at `payload` of `frame`. Requires: read_link has found it there,
// `interface` is one of `table`. The Ethernet destination is not looked at: unicast requests are
// answered too (C117).
[[nodiscard, gnu::always_inline]] inline Reason answer_arp(net::Bytes frame, size_t payload,
                                                           const Interface& interface,
                                                           const ForwardTable& table,
                                                           Ticks now) noexcept {
  auto* arp = net::view_at<net::ArpPacket>(frame, payload);
  if (arp == nullptr) [[unlikely]]
    return Reason::too_short;
  auto& ethernet = *net::view_at<net::EthernetHeader>(frame, 0);
  if (!is_request(*arp)) [[unlikely]]
    return judge_other(ethernet, *arp, interface, table, now);
  if (is_remarkable(*arp, interface, table)) [[unlikely]]
    return answer_remarkable(ethernet, *arp, interface, table, now);
  return answer_request(ethernet, *arp, interface, table, now);
}

}  // namespace carp::dataplane
