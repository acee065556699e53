// SPDX-License-Identifier: BSD-3-Clause
//
// A frame taken apart into named fields, for people: what a failed comparison prints. It decodes
// with plain byte offsets and none of lib/net's views, so it cannot share a mistake with them.
#pragma once

#include <string>
#include <vector>

#include "lib/net/bytes.h"

namespace carp::support {

struct Field {
  std::string name;   // "arp.sender_ip"
  std::string value;  // "192.168.1.50"
};

// The fields of Ethernet, one tag, ARP, IPv4, ICMP and CARP as far as the frame reaches; what
// belongs to none of them comes last as "rest", in hexadecimal.
[[nodiscard]] std::vector<Field> fields_of(net::ConstBytes frame);

}  // namespace carp::support
