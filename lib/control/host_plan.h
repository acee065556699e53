// SPDX-License-Identifier: BSD-3-Clause
//
// What a kernel interface beside a port should be like (I7.2), and the steps from what it is. Pure;
// the engine's wishes come from control, the steps are taken by the host keeper.
#pragma once

#include <string>
#include <vector>

#include "lib/net/address.h"

namespace carp::control {

class Engine;

struct HostWish {
  std::string name;  // in the kernel
  net::MacAddress mac;
  uint16_t mtu = 1500;
  bool carrier = false;
  std::vector<net::Ipv4Prefix> own;
  std::vector<net::Ipv4Address> held;    // shared ones that we are MASTER of
  std::vector<net::Ipv4Address> others;  // shared ones that we are not
  [[nodiscard]] friend bool operator==(const HostWish&, const HostWish&) = default;
};

// Of all interfaces that have a kernel's beside them.
[[nodiscard]] std::vector<HostWish> host_wishes(const Engine& engine);

// A kernel interface as the kernel tells it.
struct KernelLink {
  unsigned index = 0;
  net::MacAddress mac;
  uint32_t mtu = 0;
  bool up = false;
  bool carrier = false;
  std::vector<net::Ipv4Prefix> addresses;
};

enum class HostStepKind : uint8_t {
  remove_address,
  set_mac,
  set_mtu,
  set_up,
  set_carrier,
  add_address
};

struct HostStep {
  HostStepKind kind;
  net::Ipv4Prefix address;  // of the two that have one
  [[nodiscard]] friend bool operator==(const HostStep&, const HostStep&) = default;
};

// In the order in which they are to be taken: what we no longer are goes first.
[[nodiscard]] std::vector<HostStep> plan_host(const HostWish& wish, const KernelLink& link);

// What an administrator has added: not ours to judge, and of no effect on virtual hosts.
[[nodiscard]] std::vector<net::Ipv4Prefix> unknown_addresses(const HostWish& wish,
                                                             const KernelLink& link);

// For the log: what was found that the step undoes.
[[nodiscard]] std::string finding_of(const HostStep& step);

// A shared address is there by itself, without a subnet: the route to that is the own address's,
// and stays with it. So none comes or goes at a failover, and the kernel's first choice as the
// source of new connections remains the own address.
[[nodiscard]] constexpr net::Ipv4Prefix alone(net::Ipv4Address address) noexcept {
  return {address, 32};
}

}  // namespace carp::control
