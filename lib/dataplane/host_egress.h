// SPDX-License-Identifier: BSD-3-Clause
//
// What the kernel may send by its interface beside a port (I7.2). The kernel knows a shared address
// as one more of its own: what it says in the name of such an address leaves with the virtual MAC
// while we are MASTER, so that no neighbour and no switch learns another, and not at all otherwise.
// To answer ARP for it is the workers', to announce it control's. Pure; the worker that sends, per
// frame.
#pragma once

#include "lib/dataplane/host_reason.h"
#include "lib/dataplane/table.h"
#include "lib/net/bytes.h"

namespace carp::dataplane {

// Decides on `frame` as it came from the kernel, without the tag of its interface's VLAN. Where it
// leaves(), it has been rewritten in place, length unchanged; a frame that does not is untouched.
// Only outer headers are looked at, so `frame` may be the first segment of a longer one. Requires:
// `interface` is one of `table` (table.find_host). A lease is trusted from `now` until the frame is
// handed to the port, so read the clock after taking the frames, and send at once (D22).
[[nodiscard]] HostReason from_host(net::Bytes frame, const Interface& interface,
                                   const ForwardTable& table, Ticks now) noexcept;

// Bytes of room that the interface's tag needs in front of a frame: 0, or 4.
[[nodiscard]] size_t tag_room(const Interface& interface) noexcept;
// Writes the tag of the interface's VLAN. `frame` begins with tag_room() bytes of room, then what
// from_host() made; it is a whole frame afterwards. Nothing happens where no tag is needed.
void insert_tag(net::Bytes frame, const Interface& interface) noexcept;

}  // namespace carp::dataplane
