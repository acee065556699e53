// SPDX-License-Identifier: BSD-3-Clause
//
// One virtual host as it is configured: a [carpN] section, rc.conf line or ifconfig command
// (I2.3), after validation. A value; compared by reload. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "lib/net/address.h"
#include "lib/proto/interval.h"

namespace carp::proto {

// The key field of C30: unused bytes are zero, all zero means "no pass phrase".
struct Key {
  std::array<uint8_t, 20> bytes{};

  [[nodiscard]] friend constexpr bool operator==(const Key&, const Key&) noexcept = default;
};

enum class AddressOrder : uint8_t { sorted, configured };  // in the digest (D1)
enum class ArpSource : uint8_t { virtual_mac, port };      // Ethernet source of ARP (D6)
enum class ReplayPolicy : uint8_t { window, off };         // D11

struct VhostConfig {
  std::string name;       // carp0
  std::string interface;  // lan0
  uint8_t vhid = 0;       // 1 to 255; 0: not set yet (`ifconfig carp0 create`)
  Pace pace;              // advbase 0 to 255, advskew 0 to 254
  Key key;
  std::vector<net::Ipv4Prefix> addresses;  // shared, in the order of configuration, each once
  bool up = true;
  AddressOrder address_order = AddressOrder::sorted;
  ArpSource arp_source = ArpSource::virtual_mac;
  ReplayPolicy replay = ReplayPolicy::window;
  bool openbsd_demotion = false;  // D10

  [[nodiscard]] friend bool operator==(const VhostConfig&, const VhostConfig&) = default;
};

}  // namespace carp::proto
