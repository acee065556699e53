// SPDX-License-Identifier: BSD-3-Clause
//
// What workers may answer, from what the engine knows: own addresses always, shared ones by the
// rules of ARP balancing (C110 to C116, D7, D8).
#include <algorithm>

#include "lib/control/engine.h"

namespace carp::control {
namespace {

using dataplane::Slot;
using proto::TimePoint;

[[nodiscard]] bool has_address(const VhostEntry& entry, net::Ipv4Address address) {
  return std::any_of(entry.config.addresses.begin(), entry.config.addresses.end(),
                     [&](const net::Ipv4Prefix& prefix) { return prefix.address == address; });
}

[[nodiscard]] Slot slot_of(const VhostEntry& entry, const net::MacAddress& port_mac) {
  const net::MacAddress virtual_mac = net::virtual_mac(entry.config.vhid);
  const bool from_port = entry.config.arp_source == proto::ArpSource::port;
  return {.mac = virtual_mac,
          .source = from_port ? port_mac : virtual_mac,  // D6
          .lease = entry.lease,
          .vhid = entry.config.vhid,
          .master = entry.is_master()};
}

}  // namespace

std::unique_ptr<dataplane::ForwardTable> Engine::build_table(TimePoint now) {
  table_is_stale_ = false;
  std::vector<dataplane::Interface> interfaces;
  for (const InterfaceEntry& interface : interfaces_)
    interfaces.push_back({interface.facts.port, interface.config.vlan, interface.facts.mac});
  auto table =
      std::make_unique<dataplane::ForwardTable>(++generation_, *leases_, std::move(interfaces));

  for (const InterfaceEntry& interface : interfaces_) {
    // C119: answered with the port's own MAC, in every state.
    const Slot own{.mac = interface.facts.mac, .source = interface.facts.mac, .master = true};
    for (const net::Ipv4Prefix& prefix : interface.config.addresses)
      table->add(interface.index, prefix.address, false, {&own, 1});
    add_shared(*table, interface, now);
  }
  return table;
}

// Each shared address with its slots. While arpbalance is off there is one slot: the first MASTER
// in ascending order of vhid (C116, D8).
void Engine::add_shared(dataplane::ForwardTable& table, const InterfaceEntry& interface,
                        TimePoint now) {
  std::map<net::Ipv4Address, std::vector<Slot>> groups;
  for (const auto& entry : vhosts_) {
    if (entry->interface != interface.index) continue;
    entry->slot_counts = entry->runs() || now < entry->master_heard_until;
    const Slot slot = slot_of(*entry, interface.facts.mac);
    for (const net::Ipv4Prefix& prefix : entry->config.addresses) {
      std::vector<Slot>& slots = groups[prefix.address];
      if (!config_.sysctl.arpbalance && !slots.empty()) {
        if (slot.master && !slots.front().master) slots.front() = slot;
      } else if (entry->slot_counts || !config_.sysctl.arpbalance) {
        slots.push_back(slot);
      }
    }
  }
  for (const auto& [address, slots] : groups)
    if (!slots.empty()) table.add(interface.index, address, true, slots);
  // Who has no slot is known by its virtual MAC all the same (C128, D17).
  for (const auto& entry : vhosts_) {
    const net::MacAddress virtual_mac = net::virtual_mac(entry->config.vhid);
    const bool has_vhid = entry->interface == interface.index && entry->config.vhid != 0;
    if (has_vhid && table.find_vhost(interface.index, virtual_mac) == nullptr)
      table.add_vhost(interface.index, slot_of(*entry, interface.facts.mac));
  }
}

bool Engine::is_balanced(const VhostEntry& entry, net::Ipv4Address address) const {
  if (!config_.sysctl.arpbalance) return false;
  const auto sharers = std::count_if(vhosts_.begin(), vhosts_.end(), [&](const auto& other) {
    return other->interface == entry.interface && has_address(*other, address);
  });
  return sharers > 1;
}

}  // namespace carp::control
