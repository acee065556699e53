// SPDX-License-Identifier: BSD-3-Clause
//
// Is a frame for this host, and which slot does it concern? The same for what a worker answers and
// for what the kernel gets. Pure; workers, per frame.
#pragma once

#include <optional>

#include "lib/dataplane/classify.h"
#include "lib/dataplane/mastership.h"
#include "lib/dataplane/table.h"

namespace carp::dataplane {

// C128. Frames to the port's MAC are ours, frames to a virtual MAC only while we are that vhost's
// MASTER. Nothing where the frame is for us.
[[nodiscard]] inline std::optional<Reason> refuse_frame(const net::MacAddress& destination,
                                                        const Interface& interface,
                                                        const ForwardTable& table,
                                                        Ticks now) noexcept {
  if (destination == interface.mac) return std::nullopt;
  const Slot* vhost = table.find_vhost(interface.index, destination);
  if (vhost == nullptr) return Reason::other_host;
  const Mastership mastership = mastership_of(*vhost, table, now);
  if (!mastership.held) return mastership.silence;
  return std::nullopt;
}

// The slot that a datagram for one of our addresses concerns: the one whose MAC the client used.
// Where that MAC is no slot's, an own address has just one; for a shared one reached by the port's
// MAC or that of another vhost the client's own slot decides, as it does in ARP.
[[nodiscard]] inline const Slot& addressed_slot(const AddressGroup& group,
                                                const ForwardTable& table,
                                                const net::MacAddress& destination,
                                                net::Ipv4Address client) noexcept {
  for (const Slot& slot : table.slots(group)) {
    if (slot.mac == destination) return slot;
  }
  return table.slot_for(group, client);
}

// Advertisements, and VRRP, which has the same protocol number (C5).
[[nodiscard]] inline bool is_carp(net::ConstBytes frame, const Link& link) noexcept {
  const auto* ip = net::view_at<net::Ipv4Header>(frame, link.payload);
  return link.ether_type == net::kEtherTypeIpv4 && ip != nullptr &&
         ip->protocol == net::kProtocolCarp;
}

}  // namespace carp::dataplane
