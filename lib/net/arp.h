// SPDX-License-Identifier: BSD-3-Clause
//
// ARP for IPv4 over Ethernet (RFC 826). Any thread.
#pragma once

#include "lib/net/address.h"

namespace carp::net {

inline constexpr uint16_t kArpRequest = 1;
inline constexpr uint16_t kArpReply = 2;

struct ArpPacket {
  Be16 hardware_type{1};  // Ethernet
  Be16 protocol_type{0x0800};
  uint8_t hardware_length = 6;
  uint8_t protocol_length = 4;
  Be16 operation;
  MacAddress sender_mac;
  Be32 sender_ip;
  MacAddress target_mac;
  Be32 target_ip;
};
static_assert(sizeof(ArpPacket) == 28);

}  // namespace carp::net
