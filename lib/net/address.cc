// SPDX-License-Identifier: BSD-3-Clause
#include "lib/net/address.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace carp::net {
namespace {

// A whole decimal number up to `max`, written without a leading zero.
[[nodiscard]] std::optional<uint32_t> parse_decimal(std::string_view text, uint32_t max) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

// The part of `text` up to `separator`; `text` becomes what follows it.
[[nodiscard]] std::string_view take_part(std::string_view& text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

}  // namespace

std::optional<MacAddress> parse_mac(std::string_view text) {
  if (text.size() != 17) return std::nullopt;
  MacAddress mac;
  for (size_t i = 0; i < 6; ++i) {
    const char* first = text.data() + i * 3;
    if (i < 5 && first[2] != ':') return std::nullopt;
    const auto [end, error] = std::from_chars(first, first + 2, mac.bytes[i], 16);
    if (error != std::errc{} || end != first + 2) return std::nullopt;
  }
  return mac;
}

std::optional<Ipv4Address> parse_ipv4(std::string_view text) {
  if (text.ends_with('.')) return std::nullopt;
  Ipv4Address address;
  for (int i = 0; i < 4; ++i) {
    const auto octet = parse_decimal(take_part(text, '.'), 255);
    if (!octet) return std::nullopt;
    address.value = address.value << 8 | *octet;
  }
  if (!text.empty()) return std::nullopt;
  return address;
}

std::optional<Ipv4Prefix> parse_ipv4_prefix(std::string_view text) {
  const auto address = parse_ipv4(take_part(text, '/'));
  const auto length = parse_decimal(text, 32);
  if (!address || !length) return std::nullopt;
  return Ipv4Prefix{*address, static_cast<uint8_t>(*length)};
}

std::string to_string(const MacAddress& mac) {
  char text[18];
  const auto& b = mac.bytes;
  std::snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4],
                b[5]);
  return text;
}

std::string to_string(Ipv4Address address) {
  const uint32_t v = address.value;
  return std::to_string(v >> 24) + '.' + std::to_string(v >> 16 & 255) + '.' +
         std::to_string(v >> 8 & 255) + '.' + std::to_string(v & 255);
}

std::string to_string(Ipv4Prefix prefix) {
  return to_string(prefix.address) + '/' + std::to_string(prefix.length);
}

}  // namespace carp::net
