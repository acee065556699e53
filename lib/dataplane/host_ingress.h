// SPDX-License-Identifier: BSD-3-Clause
//
// What goes to the kernel (I7.2): where an interface has a kernel's beside it (`host` in carp.ini),
// all frames for this host are the kernel's, but for CARP and for ARP about shared addresses. Here
// is decided which, and such a frame is made what the kernel takes for its own. Nothing here
// answers, and no byte behind the outer headers is looked at: to check them is the kernel's.
// Pure; workers, per frame.
#pragma once

#include "lib/dataplane/classify.h"
#include "lib/dataplane/table.h"
#include "lib/net/arp.h"
#include "lib/net/bytes.h"

namespace carp::dataplane {

// Decides on a frame that is neither ARP nor CARP. `frame` may be the first segment of a longer
// one. Requires: `link` was read from it, `interface` is one of `table` and has a host.
[[nodiscard]] Reason judge_for_host(net::ConstBytes frame, const Link& link,
                                    const Interface& interface, const ForwardTable& table,
                                    Ticks now) noexcept;

// Decides on an ARP packet that no worker answers, for `reason`; which stays where the packet is
// not for the kernel. Requires: both headers are of one frame, `interface` is one of `table` and
// has a host.
[[nodiscard, gnu::cold]] Reason judge_arp_for_host(const net::EthernetHeader& ethernet,
                                                   const net::ArpPacket& arp,
                                                   const Interface& interface,
                                                   const ForwardTable& table, Ticks now,
                                                   Reason reason) noexcept;

// process() for a frame of several segments (jumbo), of which `head` is the first: only the kernel
// takes such ones, so all others are `segmented`. Changes nothing.
[[nodiscard]] Reason process_segmented(net::Bytes head, PortId port, const ForwardTable& table,
                                       Ticks now) noexcept;

// Where a frame goes, and how many bytes no longer belong to it, at its front.
struct ToHost {
  HostId host;
  size_t front;  // 0, or the 4 of a tag
};

// Makes of a frame what the kernel takes for its own: a virtual MAC as destination becomes the
// port's, for the kernel knows no other; a tag is taken off, for its interface is that of the VLAN.
// Then cut `front` bytes off. Requires: process() or process_segmented() gave a reason whose
// verdict is host, for the same frame (or first segment), port and table.
[[nodiscard]] ToHost to_host(net::Bytes frame, PortId port, const ForwardTable& table) noexcept;

}  // namespace carp::dataplane
