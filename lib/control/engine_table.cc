// SPDX-License-Identifier: BSD-3-Clause
//
// What workers may answer, from what the engine knows: own addresses always, shared ones by the
// rules of ARP balancing (C110 to C116, D7, D8).
#include <map>
#include <utility>

#include "lib/control/engine.h"

namespace carp::control {
namespace {

using dataplane::ForwardTable;
using dataplane::Slot;
using proto::TimePoint;

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

// At a failover only the masters are other ones: then the work of hashing every address was done
// before, at configuration time.
void Engine::make_table(TimePoint now, Outbox& out) {
  out.table_decided_at = *std::exchange(table_wanted_since_, std::nullopt);
  if (std::exchange(layout_is_stale_, false)) {
    out.table = build_table(now);
    layout_ = std::make_unique<const ForwardTable>(*out.table);
    // Some may be new, in the place of others.
    for (const auto& entry : vhosts_) tell_counter(*entry, out);
    return;
  }
  dataplane::Masters masters;
  for (const auto& entry : vhosts_) masters[entry->lease] = entry->is_master();
  out.table = std::make_unique<ForwardTable>(++generation_, *layout_, masters);
}

void Engine::want_table(TimePoint now) {
  if (!table_wanted_since_) table_wanted_since_ = now;
}

void Engine::want_layout(TimePoint now) {
  want_table(now);
  layout_is_stale_ = true;
}

// A virtual host has changed its state: is more in the table different than who is MASTER?
void Engine::note_table_change(const VhostEntry& entry, TimePoint now) {
  want_table(now);
  if (config_.sysctl.arpbalance) {
    const bool counts = entry.runs() || now < entry.master_heard_until;
    layout_is_stale_ |= counts != entry.slot_counts;
  } else {
    for (const net::Ipv4Prefix& prefix : entry.sets.addresses())
      layout_is_stale_ |= sharers_.are_several(entry.interface, prefix.address);
  }
}

std::unique_ptr<ForwardTable> Engine::build_table(TimePoint now) {
  std::vector<dataplane::Interface> interfaces;
  for (const InterfaceEntry& interface : interfaces_)
    interfaces.push_back({.port = interface.facts.port,
                          .vlan = interface.config.vlan,
                          .mac = interface.facts.mac,
                          .host = interface.facts.host});
  auto table = std::make_unique<ForwardTable>(++generation_, *leases_, std::move(interfaces));

  for (const InterfaceEntry& interface : interfaces_) {
    // C119: answered with the port's own MAC, in every state. With a host the kernel does.
    const Slot own{.mac = interface.facts.mac, .source = interface.facts.mac, .master = true};
    for (const net::Ipv4Prefix& prefix : interface.config.addresses)
      table->add(interface.index, prefix.address, false, {&own, 1});
    add_shared(*table, interface, now);
  }
  return table;
}

// Each shared address with its slots. While arpbalance is off there is one slot: the first MASTER
// in ascending order of vhid (C116, D8).
void Engine::add_shared(ForwardTable& table, const InterfaceEntry& interface, TimePoint now) {
  std::map<net::Ipv4Address, std::vector<Slot>> groups;
  for (const auto& entry : vhosts_on(interface.index)) {
    entry->slot_counts = entry->runs() || now < entry->master_heard_until;
    const Slot slot = slot_of(*entry, interface.facts.mac);
    for (const net::Ipv4Prefix& prefix : entry->sets.addresses()) {
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
  for (const auto& entry : vhosts_on(interface.index)) {
    const net::MacAddress virtual_mac = net::virtual_mac(entry->config.vhid);
    if (entry->config.vhid != 0 && table.find_vhost(interface.index, virtual_mac) == nullptr)
      table.add_vhost(interface.index, slot_of(*entry, interface.facts.mac));
  }
}

bool Engine::is_balanced(const VhostEntry& entry, net::Ipv4Address address) const {
  return config_.sysctl.arpbalance && sharers_.are_several(entry.interface, address);
}

}  // namespace carp::control
