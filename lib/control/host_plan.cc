// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/host_plan.h"

#include <algorithm>

#include "lib/control/engine.h"

namespace carp::control {
namespace {

template <typename T>
[[nodiscard]] bool contains(const std::vector<T>& values, const T& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// Those that the virtual hosts of an interface say and serve (I2.13). An address of several is held
// while one of them is MASTER.
void add_shared(HostWish& wish, const Engine& engine, dataplane::InterfaceIndex interface) {
  std::vector<net::Ipv4Address> others;
  for (const auto& entry : engine.vhosts()) {
    if (entry->interface != interface) continue;
    for (const net::Ipv4Prefix& prefix : entry->sets.addresses())
      (entry->is_master() ? wish.held : others).push_back(prefix.address);
  }
  for (auto* list : {&wish.held, &others}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  std::set_difference(others.begin(), others.end(), wish.held.begin(), wish.held.end(),
                      std::back_inserter(wish.others));
}

}  // namespace

std::vector<HostWish> host_wishes(const Engine& engine) {
  std::vector<HostWish> wishes;
  for (const InterfaceEntry& interface : engine.interfaces()) {
    if (interface.config.host == HostMode::none) continue;
    HostWish wish{.name = interface.config.host_name,
                  .mac = interface.facts.mac,
                  .mtu = interface.facts.mtu,
                  .carrier = interface.link_up,
                  .own = interface.config.addresses};
    add_shared(wish, engine, interface.index);
    wishes.push_back(std::move(wish));
  }
  return wishes;
}

std::vector<HostStep> plan_host(const HostWish& wish, const KernelLink& link) {
  std::vector<HostStep> steps;
  for (const net::Ipv4Prefix& prefix : link.addresses)
    if (contains(wish.others, prefix.address))
      steps.push_back({HostStepKind::remove_address, prefix});
  if (link.mac != wish.mac) steps.push_back({HostStepKind::set_mac, {}});
  if (link.mtu != wish.mtu) steps.push_back({HostStepKind::set_mtu, {}});
  if (!link.up) steps.push_back({HostStepKind::set_up, {}});
  for (const net::Ipv4Prefix& prefix : wish.own)
    if (!contains(link.addresses, prefix)) steps.push_back({HostStepKind::add_address, prefix});
  for (const net::Ipv4Address address : wish.held)
    if (!contains(link.addresses, alone(address)))
      steps.push_back({HostStepKind::add_address, alone(address)});
  if (link.carrier != wish.carrier) steps.push_back({HostStepKind::set_carrier, {}});
  return steps;
}

std::vector<net::Ipv4Prefix> unknown_addresses(const HostWish& wish, const KernelLink& link) {
  std::vector<net::Ipv4Prefix> unknown;
  for (const net::Ipv4Prefix& prefix : link.addresses)
    if (!contains(wish.own, prefix) && !contains(wish.held, prefix.address) &&
        !contains(wish.others, prefix.address))
      unknown.push_back(prefix);
  return unknown;
}

std::string finding_of(const HostStep& step) {
  switch (step.kind) {
    case HostStepKind::remove_address:
      return net::to_string(step.address) + " was added while another host is MASTER";
    case HostStepKind::set_mac: return "its MAC address was changed";
    case HostStepKind::set_mtu: return "its MTU was changed";
    case HostStepKind::set_up: return "it was set down";
    case HostStepKind::set_carrier: return "its carrier was changed";
    case HostStepKind::add_address: return net::to_string(step.address) + " was removed";
  }
  return {};
}

}  // namespace carp::control
