// SPDX-License-Identifier: BSD-3-Clause
//
// The decision for one frame: a pure function over its bytes and the table. Workers call it for
// every frame; the simulator and the fuzzers call the very same. Answers are written in place.
#pragma once

#include "lib/dataplane/arp_responder.h"
#include "lib/dataplane/classify.h"
#include "lib/dataplane/reason.h"
#include "lib/dataplane/table.h"
#include "lib/net/bytes.h"

namespace carp::dataplane {

// Decides on what is no ARP. Out of line: see answer_arp.
[[nodiscard]] Reason process_other(net::Bytes frame, const Interface& interface,
                                   const ForwardTable& table, Ticks now) noexcept;

// The decision for a frame whose tag has been looked for. Compiled once for frames with a tag and
// once for those without: where all offsets are constants, an answer takes a quarter less.
template <bool kTagged>
[[nodiscard, gnu::always_inline]] inline Reason process_link(net::Bytes frame, const Link& link,
                                                             PortId port, const ForwardTable& table,
                                                             Ticks now) noexcept {
  const Interface* interface = table.find_interface(port, kTagged ? link.vlan : net::kUntagged);
  if (interface == nullptr) [[unlikely]]
    return Reason::unknown_vlan;
  if (link.ether_type != net::kEtherTypeArp) [[unlikely]]
    return process_other(frame, *interface, table, now);
  return answer_arp(frame, kTagged ? kTaggedPayload : kUntaggedPayload, *interface, table, now);
}

// Decides what becomes of `frame`, received on `port`. When verdict_of(reason) is transmit, the
// frame has become the answer, of the same length, for the same port. `now` is compared with the
// leases. Never reads or writes outside `frame`; all but answers leave it unchanged.
[[nodiscard, gnu::always_inline]] inline Reason process(net::Bytes frame, PortId port,
                                                        const ForwardTable& table,
                                                        Ticks now) noexcept {
  const Link link = read_link(frame);
  if (link.ethernet == nullptr) [[unlikely]]
    return Reason::too_short;
  if (link.payload == kUntaggedPayload) return process_link<false>(frame, link, port, table, now);
  return process_link<true>(frame, link, port, table, now);
}

}  // namespace carp::dataplane
