// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/show_ifconfig.h"

#include <array>
#include <cstdio>

#include "lib/control/show_facts.h"

namespace carp::control {
namespace {

constexpr const char* kIndent = "        ";
constexpr unsigned kEthernetMtu = 1500;

struct Flag {
  unsigned bit;
  const char* name;
};
// As FreeBSD's net/if.h numbers them.
constexpr Flag kUp{0x1, "UP"};
constexpr Flag kLoopback{0x8, "LOOPBACK"};
constexpr Flag kRunning{0x40, "RUNNING"};

[[nodiscard]] std::string hex(unsigned value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%x", value);
  return text.data();
}

// 49<UP,LOOPBACK,RUNNING>
[[nodiscard]] std::string flags_of(const VhostEntry& entry) {
  unsigned bits = 0;
  std::string names;
  const auto raise = [&](Flag flag, bool is_set) {
    if (!is_set) return;
    bits |= flag.bit;
    names += (names.empty() ? "" : ",") + std::string(flag.name);
  };
  raise(kUp, entry.config.up);
  raise(kLoopback, true);
  raise(kRunning, entry.runs());
  return hex(bits) + '<' + names + '>';
}

[[nodiscard]] unsigned mtu_of(const Engine& engine, const VhostEntry& entry) {
  if (!entry.has_interface()) return kEthernetMtu;
  return interface_at(engine, entry.interface).mtu.value_or(kEthernetMtu);
}

}  // namespace

std::string ifconfig_block(const Engine& engine, const VhostEntry& entry) {
  const proto::VhostConfig& config = entry.config;
  std::string text = config.name + ": flags=" + flags_of(entry) + " metric 0 mtu " +
                     std::to_string(mtu_of(engine, entry)) + '\n';
  for (const net::Ipv4Prefix& address : config.addresses) {
    text += std::string(kIndent) + "inet " + net::to_string(address.address) + " netmask 0x" +
            hex(address.netmask()) + '\n';
  }
  if (config.vhid == 0) return text;
  text += std::string(kIndent) + "carp: ";
  text += to_string(entry.vhost.state);
  text += " vhid " + std::to_string(config.vhid) + " advbase " +
          std::to_string(config.pace.advbase) + " advskew " + std::to_string(config.pace.advskew) +
          '\n';
  return text;
}

}  // namespace carp::control
