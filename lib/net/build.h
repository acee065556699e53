// SPDX-License-Identifier: BSD-3-Clause
//
// Frames from nothing: what control sends (advertisements, gratuitous ARP) and what tests feed to
// the workers. A frame is built from the outside in: Ethernet, tag, payload. Any thread.
#pragma once

#include <vector>

#include "lib/net/bytes.h"
#include "lib/net/ethernet.h"

namespace carp::net {

using Frame = std::vector<uint8_t>;

// An Ethernet header, with a tag where `vlan` is not kUntagged, then `payload`.
[[nodiscard]] Frame build_ethernet(const MacAddress& destination, const MacAddress& source,
                                   uint16_t vlan, uint16_t ether_type, ConstBytes payload);

// A gratuitous ARP (C125): a request for `address` by itself, to everybody.
// `sender_mac` is what neighbours shall store; `ethernet_source` what switches shall learn (D6).
[[nodiscard]] Frame build_gratuitous_arp(const MacAddress& sender_mac,
                                         const MacAddress& ethernet_source, uint16_t vlan,
                                         Ipv4Address address);

}  // namespace carp::net
