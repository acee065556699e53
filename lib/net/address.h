// SPDX-License-Identifier: BSD-3-Clause
//
// Link and network addresses: values with a text form. Any thread.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/net/endian.h"

namespace carp::net {

struct MacAddress {
  std::array<uint8_t, 6> bytes{};

  [[nodiscard]] friend constexpr auto operator<=>(const MacAddress&,
                                                  const MacAddress&) noexcept = default;
  // Not left to the library, whose array comparison calls memcmp once per frame.
  [[nodiscard]] friend constexpr bool operator==(const MacAddress& a,
                                                 const MacAddress& b) noexcept {
    using Words = std::array<uint16_t, 3>;
    const auto x = std::bit_cast<Words>(a.bytes);
    const auto y = std::bit_cast<Words>(b.bytes);
    return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2])) == 0;
  }
  [[nodiscard]] constexpr bool is_group() const noexcept { return (bytes[0] & 1) != 0; }
};
static_assert(sizeof(MacAddress) == 6 && alignof(MacAddress) == 1);

inline constexpr MacAddress kBroadcastMac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
// 224.0.0.18, the CARP group (C2, C6).
inline constexpr MacAddress kCarpGroupMac{{0x01, 0x00, 0x5e, 0x00, 0x00, 0x12}};

// 00:00:5e:00:01:VV (C3).
[[nodiscard]] constexpr MacAddress virtual_mac(uint8_t vhid) noexcept {
  return {{0x00, 0x00, 0x5e, 0x00, 0x01, vhid}};
}

// The vhid of a virtual MAC; nothing for any other address, vhid 0 included.
[[nodiscard]] constexpr std::optional<uint8_t> vhid_of(const MacAddress& mac) noexcept {
  if (mac.bytes[5] == 0 || mac != virtual_mac(mac.bytes[5])) return std::nullopt;
  return mac.bytes[5];
}

// An IPv4 address; compares by host value, which is also the order of the wire bytes (C39).
struct Ipv4Address {
  uint32_t value = 0;  // host order: 192.168.1.50 is 0xc0a80132

  [[nodiscard]] friend constexpr auto operator<=>(const Ipv4Address&,
                                                  const Ipv4Address&) noexcept = default;
  [[nodiscard]] constexpr bool is_unspecified() const noexcept { return value == 0; }
  [[nodiscard]] constexpr bool is_multicast() const noexcept { return value >> 28 == 0xe; }
  [[nodiscard]] constexpr Be32 wire() const noexcept { return Be32(value); }
};

inline constexpr Ipv4Address kCarpGroup{0xe0000012};   // 224.0.0.18
inline constexpr Ipv4Address kAllSystems{0xe0000001};  // 224.0.0.1
inline constexpr Ipv4Address kAllRouters{0xe0000002};  // 224.0.0.2

// The MAC address of a group: its low 23 bits behind 01:00:5e (RFC 1112, section 6.4).
[[nodiscard]] constexpr MacAddress multicast_mac(Ipv4Address group) noexcept {
  return {{0x01, 0x00, 0x5e, static_cast<uint8_t>(group.value >> 16 & 0x7f),
           static_cast<uint8_t>(group.value >> 8), static_cast<uint8_t>(group.value)}};
}
static_assert(multicast_mac(kCarpGroup) == kCarpGroupMac);

// An address with the length of its network part: 192.168.1.50/24.
struct Ipv4Prefix {
  Ipv4Address address;
  uint8_t length = 32;  // 0 to 32

  [[nodiscard]] friend constexpr auto operator<=>(const Ipv4Prefix&,
                                                  const Ipv4Prefix&) noexcept = default;
  [[nodiscard]] constexpr uint32_t netmask() const noexcept {
    return length == 0 ? 0 : ~uint32_t{0} << (32 - length);
  }
  [[nodiscard]] constexpr bool contains(Ipv4Address other) const noexcept {
    return ((address.value ^ other.value) & netmask()) == 0;
  }
};

// Parsing is strict: four decimal octets without signs, blanks or leading zeros; six hex octets
// joined by colons; a prefix length of 0 to 32.
[[nodiscard]] std::optional<MacAddress> parse_mac(std::string_view text);
[[nodiscard]] std::optional<Ipv4Address> parse_ipv4(std::string_view text);
[[nodiscard]] std::optional<Ipv4Prefix> parse_ipv4_prefix(std::string_view text);

[[nodiscard]] std::string to_string(const MacAddress& mac);
[[nodiscard]] std::string to_string(Ipv4Address address);
[[nodiscard]] std::string to_string(Ipv4Prefix prefix);

}  // namespace carp::net
