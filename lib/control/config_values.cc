// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/config_values.h"

#include <algorithm>
#include <charconv>

namespace carp::control {
namespace {

[[nodiscard]] bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

[[nodiscard]] std::string range(uint32_t min, uint32_t max) {
  return std::to_string(min) + "–" + std::to_string(max);
}

// An absolute path: the working directory of a daemon is nobody's idea. A CR is left of a line
// that ended twice, and no other control character is meant either.
[[nodiscard]] std::string why_no_path(std::string_view text) {
  if (!text.starts_with('/')) return shown(text) + " is not an absolute path";
  const bool is_text = std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  return is_text ? "" : shown(text) + " holds a control character";
}

}  // namespace

net::Result<uint32_t, std::string> parse_whole(std::string_view text, uint32_t min, uint32_t max) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (!is_digits(digits)) return "a whole number in " + range(min, max) + " was expected";
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < min || value > max) {
    return shown(text) + " is not in " + range(min, max);
  }
  return value;
}

net::Result<bool, std::string> parse_yes_no(std::string_view text) {
  for (const auto* yes : {"yes", "on", "true", "1"}) {
    if (text == yes) return true;
  }
  for (const auto* no : {"no", "off", "false", "0"}) {
    if (text == no) return false;
  }
  return std::string("yes or no was expected");
}

net::Result<Endpoint, std::string> parse_endpoint(std::string_view text) {
  if (std::ranges::count(text, ':') > 1) return std::string(kNoIpv6);
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::string("ADDRESS:PORT was expected");
  const auto address = net::parse_ipv4(text.substr(0, colon));
  if (!address) return shown(text.substr(0, colon)) + " is not an IPv4 address";
  const auto port = parse_whole(text.substr(colon + 1), 1, 65535);
  if (!port) return "port: " + port.error();
  if (address->is_multicast()) return net::to_string(*address) + " is a multicast address";
  return Endpoint{*address, static_cast<uint16_t>(port.value())};
}

net::Result<net::Ipv4Address, std::string> parse_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return shown(text) + ": " + kNoIpv6;
  const auto address = net::parse_ipv4(text);
  if (!address) return shown(text) + " is not an IPv4 address";
  return *address;
}

net::Result<net::Ipv4Prefix, std::string> parse_host_prefix(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return address.error();
  if (slash == std::string_view::npos) return shown(text) + " lacks its length, such as /24";
  const auto prefix = net::parse_ipv4_prefix(text);
  if (!prefix) return shown(text) + ": the length is not in 1–32";
  std::string why = why_no_host(*prefix);
  if (!why.empty()) return why;
  return *prefix;
}

std::string why_no_host(net::Ipv4Prefix prefix) {
  const uint32_t value = prefix.address.value;
  const uint32_t host_bits = ~prefix.netmask();
  const std::string text = net::to_string(prefix);
  if (prefix.length == 0) return text + ": the length is not in 1–32";
  if (value >> 24 == 0) return text + " is in 0.0.0.0/8, which no host may have";
  if (value >> 24 == 127) return text + " is a loopback address";
  if (prefix.address.is_multicast()) return text + " is a multicast address";
  if (value == ~uint32_t{0}) return text + " is the broadcast address";
  // RFC 3021: a /31 has two hosts and neither a network nor a broadcast address.
  if (prefix.length >= 31) return {};
  if ((value & host_bits) == 0) return text + " is the network's own address, no host's";
  if ((value & host_bits) == host_bits) return text + " is the broadcast address of its network";
  return {};
}

Take yes_no(bool& target) {
  return [&target](const Entry& entry) -> std::string {
    const auto value = parse_yes_no(entry.value);
    if (!value) return value.error();
    target = value.value();
    return {};
  };
}

Take address_list(std::vector<net::Ipv4Prefix>& addresses, std::vector<int>& lines) {
  return [&addresses, &lines](const Entry& entry) -> std::string {
    const auto prefix = parse_host_prefix(entry.value);
    if (!prefix) return prefix.error();
    addresses.push_back(prefix.value());
    lines.push_back(entry.line);
    return {};
  };
}

Take path(std::string& target) {
  return [&target](const Entry& entry) {
    target = entry.value;
    return why_no_path(entry.value);
  };
}

}  // namespace carp::control
