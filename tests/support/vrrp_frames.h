// SPDX-License-Identifier: BSD-3-Clause
//
// VRRP advertisements as they come on a segment (RFC 3768, RFC 5798), made byte by byte.
#pragma once

#include <string_view>

#include "lib/net/build.h"
#include "lib/net/ipv4.h"
#include "tests/support/frames.h"

namespace carp::support {

// Of priority 100, with `count` addresses and, in version 2, eight bytes of no authentication.
[[nodiscard]] inline net::Frame vrrp_frame(uint8_t version, uint8_t router, uint8_t count,
                                           std::string_view source = "192.168.1.9",
                                           uint16_t vlan = net::kUntagged) {
  net::Frame vrrp = {static_cast<uint8_t>(version << 4 | 1), router, 100, count, 0, 1, 0, 0};
  vrrp.resize(vrrp.size() + size_t{4} * count + (version == 2 ? 8 : 0), 10);
  net::Ipv4Header ip;
  ip.total_length = static_cast<uint16_t>(sizeof(ip) + vrrp.size());
  ip.ttl = 255;
  ip.protocol = net::kProtocolCarp;
  ip.source = support::ip(source).wire();
  ip.destination = net::kCarpGroup.wire();
  const net::ConstBytes header = net::bytes_of(ip);
  net::Frame datagram(header.begin(), header.end());
  datagram.insert(datagram.end(), vrrp.begin(), vrrp.end());
  return net::build_ethernet(net::kCarpGroupMac, net::virtual_mac(router), vlan,
                             net::kEtherTypeIpv4, datagram);
}

}  // namespace carp::support
