// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/change.h"

#include <algorithm>
#include <utility>

#include "lib/control/config_checks.h"

namespace carp::control {
namespace {

using net::Ipv4Prefix;
using proto::VhostConfig;

[[nodiscard]] bool is_in_subnet_of(const InterfaceEntry& interface, Ipv4Prefix shared) {
  return std::ranges::any_of(interface.config.addresses,
                             [&](Ipv4Prefix own) { return own.contains(shared.address); });
}

[[nodiscard]] bool holds_all(const InterfaceEntry& interface, const VhostConfig& config) {
  return std::ranges::all_of(config.addresses,
                             [&](Ipv4Prefix shared) { return is_in_subnet_of(interface, shared); });
}

// Answers what is wrong, or nothing.
[[nodiscard]] std::string change_address(VhostConfig& config, const AddressChange& change) {
  std::vector<Ipv4Prefix>& addresses = config.addresses;
  switch (change.action) {
    case AddressAction::set:
      if (addresses.empty()) {
        addresses.push_back(change.address);
      } else {
        addresses.front() = change.address;
      }
      return {};
    case AddressAction::alias: addresses.push_back(change.address); return {};
    case AddressAction::remove: break;
  }
  const auto found = std::ranges::find(addresses, change.address.address, &Ipv4Prefix::address);
  if (found == addresses.end()) {
    return config.name + " does not have the address " + net::to_string(change.address.address);
  }
  addresses.erase(found);
  return {};
}

[[nodiscard]] std::string no_interface(const Engine& engine, const VhostConfig& config) {
  for (const Ipv4Prefix& shared : config.addresses) {
    const auto holds = [&](const InterfaceEntry& known) { return is_in_subnet_of(known, shared); };
    if (std::ranges::any_of(engine.interfaces(), holds)) continue;
    return config.name + ": no interface has an own address in the subnet of " +
           net::to_string(shared.address);
  }
  return config.name + ": no one interface has own addresses in the subnets of all its addresses";
}

// Settles config.interface (I2.3); answers why it can't. The one it has is kept where it holds
// all addresses, and where it never did: then carp.ini named it.
[[nodiscard]] std::string choose_interface(const Engine& engine, const VhostConfig& before,
                                           VhostConfig& config) {
  if (config.addresses.empty()) {
    config.interface.clear();
    return {};
  }
  std::vector<std::string> candidates;
  bool was_named = false;
  for (const InterfaceEntry& interface : engine.interfaces()) {
    if (holds_all(interface, config)) candidates.push_back(interface.config.name);
    was_named |= interface.config.name == before.interface && !holds_all(interface, before);
  }
  if (was_named || std::ranges::find(candidates, before.interface) != candidates.end()) return {};
  if (candidates.empty()) return no_interface(engine, config);
  if (candidates.size() > 1) {
    return config.name + ": " + candidates[0] + " and " + candidates[1] +
           " both have an own address in its subnet; name one with interface in carp.ini";
  }
  config.interface = candidates[0];
  return {};
}

[[nodiscard]] VhostDraft draft_of(const VhostConfig& config) {
  VhostDraft draft;
  draft.config = config;
  draft.address_lines.assign(config.addresses.size(), 0);
  return draft;
}

// All virtual hosts as they would be, checked as a file is; the changed one comes last, so that
// a vhid used twice is its fault.
[[nodiscard]] std::string check(const Engine& engine, const VhostConfig& config) {
  Draft draft;
  for (const InterfaceEntry& interface : engine.interfaces()) {
    draft.interfaces.push_back({.config = interface.config});
  }
  for (const auto& entry : engine.vhosts()) {
    if (entry->config.name != config.name) draft.vhosts.push_back(draft_of(entry->config));
  }
  draft.vhosts.push_back(draft_of(config));
  Findings findings;
  check_vhosts(draft, findings);
  return findings.faults.empty() ? std::string() : findings.faults.front().message;
}

// The engine leaves a virtual host alone until it has all that makes one (C68).
[[nodiscard]] dataplane::InterfaceIndex index_of(const Engine& engine, const VhostConfig& config) {
  if (config.vhid == 0 || config.interface.empty()) return kNoInterface;
  const auto found = std::ranges::find_if(
      engine.interfaces(),
      [&](const InterfaceEntry& interface) { return interface.config.name == config.interface; });
  return found->index;
}

// Another vhid or interface is another virtual host to the engine, which needs a lease of its own
// while the old one says goodbye.
[[nodiscard]] bool is_another(const Engine& engine, const Change& change) {
  const VhostEntry* entry = engine.find_vhost(change.config.name);
  return entry == nullptr || entry->config.vhid != change.config.vhid ||
         entry->interface != change.interface;
}

}  // namespace

VhostConfig created_vhost(std::string name) { return {.name = std::move(name), .up = false}; }

net::Result<Change, std::string> change_vhost(const Engine& engine, const VhostConfig& before,
                                              const IfconfigArgs& args) {
  VhostConfig config = before;
  config.vhid = args.vhid.value_or(before.vhid);
  config.pace.advbase = args.advbase.value_or(before.pace.advbase);
  config.pace.advskew = args.advskew.value_or(before.pace.advskew);
  config.key = args.key.value_or(before.key);
  for (const AddressChange& change : args.addresses) {
    std::string fault = change_address(config, change);
    if (!fault.empty()) return fault;
  }
  const bool first_address = before.addresses.empty() && !config.addresses.empty();
  config.up = args.up.value_or(before.up || first_address);

  std::string fault = choose_interface(engine, before, config);
  // One that stays as it is was checked when it became so: `state` takes effect without delay.
  const bool stays = engine.find_vhost(config.name) != nullptr && config == before;
  if (fault.empty() && !stays) fault = check(engine, config);
  if (!fault.empty()) return fault;
  Change change{config, index_of(engine, config)};
  if (is_another(engine, change) && !engine.has_room()) {
    return "there is no room for another virtual host: at most " +
           std::to_string(dataplane::kMaxVhosts);
  }
  return change;
}

}  // namespace carp::control
