// SPDX-License-Identifier: BSD-3-Clause
//
// IPv4 and ICMP headers, and where they stand in a frame. Any thread.
#pragma once

#include <optional>

#include "lib/net/address.h"
#include "lib/net/bytes.h"

namespace carp::net {

inline constexpr uint8_t kProtocolIcmp = 1;
inline constexpr uint8_t kProtocolIgmp = 2;
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

// The IPv4 datagram in `frame`, behind the tag if there is one; empty where it is no IPv4 frame.
[[nodiscard]] ConstBytes datagram_of(ConstBytes frame) noexcept;

// What `datagram` carries, where its header's own lengths leave room for it: behind the options, up
// to the total length, for what follows is Ethernet padding. Nothing where they do not fit.
[[nodiscard]] std::optional<ConstBytes> payload_of(ConstBytes datagram) noexcept;

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

[[nodiscard]] inline bool is_igmp(ConstBytes frame) noexcept {
  const auto* ip = view_at<Ipv4Header>(datagram_of(frame), 0);
  return ip != nullptr && ip->protocol == kProtocolIgmp;
}

}  // namespace carp::net
