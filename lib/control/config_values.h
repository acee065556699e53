// SPDX-License-Identifier: BSD-3-Clause
//
// The kinds of values that carp.ini, rc.conf and ifconfig lines are made of: from text to value,
// or what is wrong with the text. Pure.
//
// What is no number at all is never repeated in a message: it may be a password that slipped out
// of its place (I5.3).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/control/config.h"
#include "lib/control/config_keys.h"
#include "lib/net/address.h"
#include "lib/net/result.h"

namespace carp::control {

// Said of anything that looks like an IPv6 address (I6.1).
inline constexpr const char* kNoIpv6 = "IPv6 is not served by this version";

// "300 is not in 0–254"
[[nodiscard]] net::Result<uint32_t, std::string> parse_whole(std::string_view text, uint32_t min,
                                                             uint32_t max);
[[nodiscard]] net::Result<bool, std::string> parse_yes_no(std::string_view text);
// 127.0.0.1:8112
[[nodiscard]] net::Result<Endpoint, std::string> parse_endpoint(std::string_view text);
[[nodiscard]] net::Result<net::Ipv4Address, std::string> parse_address(std::string_view text);
// An address that one host may have, with its length: 192.168.1.3/24.
[[nodiscard]] net::Result<net::Ipv4Prefix, std::string> parse_host_prefix(std::string_view text);

// Why no host may have this address: multicast, loopback, a subnet's first or last one, ...;
// empty where it may.
[[nodiscard]] std::string why_no_host(net::Ipv4Prefix prefix);

// Takes for Keys. The target must outlive the Keys.
[[nodiscard]] Take yes_no(bool& target);
[[nodiscard]] Take address_list(std::vector<net::Ipv4Prefix>& addresses, std::vector<int>& lines);
[[nodiscard]] Take path(std::string& target);

// A whole number; T is any type that a number makes, std::chrono::seconds included.
template <typename T>
[[nodiscard]] Take whole(T& target, uint32_t min, uint32_t max) {
  return [&target, min, max](const Entry& entry) -> std::string {
    const auto number = parse_whole(entry.value, min, max);
    if (!number) return number.error();
    target = static_cast<T>(number.value());
    return {};
  };
}

// One of a few words.
template <typename T>
[[nodiscard]] Take choice(T& target, std::vector<std::pair<std::string, T>> words) {
  return [&target, words = std::move(words)](const Entry& entry) -> std::string {
    std::string expected;
    for (const auto& [word, value] : words) {
      if (entry.value == word) {
        target = value;
        return {};
      }
      expected += (expected.empty() ? "" : ", ") + word;
    }
    return shown(entry.value) + " is not one of " + expected;
  };
}

}  // namespace carp::control
