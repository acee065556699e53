// SPDX-License-Identifier: BSD-3-Clause
//
// IPv4 and ICMP headers. Any thread.
#pragma once

#include "lib/net/address.h"

namespace carp::net {

inline constexpr uint8_t kProtocolIcmp = 1;
inline constexpr uint8_t kProtocolCarp = 112;  // C5; VRRP has the same number

struct Ipv4Header {
  uint8_t version_ihl = 0x45;
  uint8_t tos = 0;
  Be16 total_length;
  Be16 identification;
  Be16 fragment;  // flags (3 bits), offset in units of 8 bytes (13)
  uint8_t ttl = 0;
  uint8_t protocol = 0;
  Be16 checksum;
  Be32 source;
  Be32 destination;

  [[nodiscard]] constexpr size_t header_length() const noexcept { return (version_ihl & 15) * 4; }
  [[nodiscard]] constexpr uint8_t version() const noexcept { return version_ihl >> 4; }
  // More fragments follow, or this is not the first.
  [[nodiscard]] constexpr bool is_fragment() const noexcept {
    return (fragment.get() & 0x3fff) != 0;
  }
};
static_assert(sizeof(Ipv4Header) == 20);

inline constexpr uint16_t kDontFragment = 0x4000;

struct IcmpEcho {
  uint8_t type = 0;
  uint8_t code = 0;
  Be16 checksum;
  Be16 identifier;
  Be16 sequence;
};
static_assert(sizeof(IcmpEcho) == 8);

inline constexpr uint8_t kIcmpEchoReply = 0;
inline constexpr uint8_t kIcmpEchoRequest = 8;

}  // namespace carp::net
