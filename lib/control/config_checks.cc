// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/config_checks.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "lib/dataplane/table.h"

namespace carp::control {
namespace {

// Whose own address it is.
using OwnAddresses = std::map<net::Ipv4Address, std::string>;

[[nodiscard]] OwnAddresses own_addresses(const Draft& draft) {
  OwnAddresses own;
  for (const InterfaceDraft& interface : draft.interfaces) {
    for (const net::Ipv4Prefix& prefix : interface.config.addresses) {
      own.emplace(prefix.address, interface.config.name);
    }
  }
  return own;
}

void check_ports(const Draft& draft, Findings& findings) {
  std::map<std::pair<std::string, uint16_t>, std::string> users;
  for (const InterfaceDraft& interface : draft.interfaces) {
    const InterfaceConfig& config = interface.config;
    const bool vlan_is_known = !interface.keys.has("vlan") || config.vlan != 0;
    if (config.port.empty() || !vlan_is_known) continue;
    const auto [user, is_new] = users.emplace(std::pair(config.port, config.vlan), config.name);
    if (is_new) continue;
    const std::string vlan = config.vlan == 0 ? "without a vlan" : "with the same vlan";
    findings.fault(interface.keys.line_of("port", interface.line),
                   "port: " + config.port + " is used by " + user->second + " too, " + vlan);
  }
}

void check_own_addresses(const Draft& draft, Findings& findings) {
  std::map<net::Ipv4Address, std::string> users;
  for (const InterfaceDraft& interface : draft.interfaces) {
    for (size_t i = 0; i < interface.config.addresses.size(); ++i) {
      const net::Ipv4Address address = interface.config.addresses[i].address;
      const auto [user, is_new] = users.emplace(address, interface.config.name);
      if (is_new) continue;
      findings.fault(
          interface.address_lines[i],
          "address: " + net::to_string(address) + " is already an own address of " + user->second);
    }
  }
}

// Two kernel interfaces cannot have one name.
void check_host_names(const Draft& draft, Findings& findings) {
  std::map<std::string, std::string> users;
  for (const InterfaceDraft& interface : draft.interfaces) {
    const InterfaceConfig& config = interface.config;
    if (config.host == HostMode::none) continue;
    const auto [user, is_new] = users.emplace(config.host_name, config.name);
    if (is_new) continue;
    findings.fault(interface.keys.line_of("host_name", interface.line),
                   "host_name: " + config.host_name + " is that of " + user->second + " too");
  }
}

void check_names(const Draft& draft, Findings& findings) {
  std::map<std::string, int> lines;
  for (const VhostDraft& vhost : draft.vhosts) {
    const auto [first, is_new] = lines.emplace(vhost.config.name, vhost.line);
    if (is_new) continue;
    findings.fault(vhost.line, vhost.config.name + " is already configured in line " +
                                   std::to_string(first->second));
  }
}

void check_shared_addresses(const VhostDraft& vhost, const OwnAddresses& own, Findings& findings) {
  std::set<net::Ipv4Address> seen;
  for (size_t i = 0; i < vhost.config.addresses.size(); ++i) {
    const net::Ipv4Address address = vhost.config.addresses[i].address;
    const std::string subject = "address: " + net::to_string(address);
    const int line = vhost.address_lines[i];
    if (!seen.insert(address).second) {
      findings.fault(line, subject + " stands twice in " + vhost.config.name);
    }
    const auto owner = own.find(address);
    if (owner == own.end()) continue;
    findings.fault(line, subject + " is this host's own address on " + owner->second +
                             " and cannot be shared");
  }
}

[[nodiscard]] bool is_in_subnet_of(const InterfaceConfig& interface, net::Ipv4Address address) {
  return std::ranges::any_of(interface.addresses,
                             [&](net::Ipv4Prefix own) { return own.contains(address); });
}

[[nodiscard]] bool holds_all(const InterfaceConfig& interface, const proto::VhostConfig& vhost) {
  return std::ranges::all_of(vhost.addresses, [&](net::Ipv4Prefix shared) {
    return is_in_subnet_of(interface, shared.address);
  });
}

// `interface =` was given.
void check_named_interface(const VhostDraft& vhost, const Draft& draft, Findings& findings) {
  const std::string& name = vhost.config.interface;
  const int line = vhost.keys.line_of("interface", vhost.line);
  const auto found = std::ranges::find_if(draft.interfaces, [&](const InterfaceDraft& interface) {
    return interface.config.name == name;
  });
  if (found == draft.interfaces.end()) {
    findings.fault(line, "interface: there is no [interface " + shown(name) + "]");
  } else if (found->config.addresses.empty() && draft.own_addresses_known) {
    findings.fault(line, "interface: " + name + " has no own address to advertise from");
  }
}

void report_no_interface(const VhostDraft& vhost, const Draft& draft, Findings& findings) {
  for (size_t i = 0; i < vhost.config.addresses.size(); ++i) {
    const net::Ipv4Address address = vhost.config.addresses[i].address;
    const auto holds = [&](const InterfaceDraft& known) {
      return is_in_subnet_of(known.config, address);
    };
    if (std::ranges::any_of(draft.interfaces, holds)) continue;
    findings.fault(vhost.address_lines[i],
                   vhost.config.name + ": no interface has an own address in the subnet of " +
                       net::to_string(address) + "; name one with interface");
    return;
  }
  findings.fault(vhost.line, vhost.config.name +
                                 ": no one interface has own addresses in the "
                                 "subnets of all its addresses; name one with "
                                 "interface");
}

// The interface with an own address in the same subnet, as FreeBSD does (I2.3).
void choose_interface(VhostDraft& vhost, const Draft& draft, Findings& findings) {
  std::vector<std::string> candidates;
  for (const InterfaceDraft& interface : draft.interfaces) {
    if (holds_all(interface.config, vhost.config)) candidates.push_back(interface.config.name);
  }
  if (candidates.size() == 1) {
    vhost.config.interface = candidates[0];
  } else if (candidates.size() > 1) {
    findings.fault(vhost.line, vhost.config.name + ": " + candidates[0] + " and " + candidates[1] +
                                   " both have an own address in its subnet; name one with "
                                   "interface");
  } else if (draft.own_addresses_known) {
    report_no_interface(vhost, draft, findings);
  }
}

void check_vhids(const Draft& draft, Findings& findings) {
  std::map<std::pair<std::string, uint8_t>, std::string> users;
  for (const VhostDraft& vhost : draft.vhosts) {
    const proto::VhostConfig& config = vhost.config;
    if (config.vhid == 0 || config.interface.empty()) continue;
    const auto [user, is_new] =
        users.emplace(std::pair(config.interface, config.vhid), config.name);
    if (is_new) continue;
    findings.fault(vhost.keys.line_of("vhid", vhost.line),
                   "vhid: " + std::to_string(config.vhid) + " is already that of " + user->second +
                       " on " + shown(config.interface));
  }
}

}  // namespace

void check_interfaces(const Draft& draft, Findings& findings) {
  if (draft.interfaces.empty()) findings.fault(1, "there is no [interface NAME] section");
  if (draft.interfaces.size() > dataplane::kMaxInterfaces) {
    findings.fault(
        draft.interfaces[dataplane::kMaxInterfaces].line,
        "there are more than " + std::to_string(dataplane::kMaxInterfaces) + " interfaces");
  }
  check_ports(draft, findings);
  check_own_addresses(draft, findings);
  check_host_names(draft, findings);
}

// Vhids are one byte and each stands once on an interface, so the limits of interfaces bound the
// virtual hosts as well.
static_assert(dataplane::kMaxVhosts == dataplane::kMaxInterfaces * 255);

void check_vhosts(Draft& draft, Findings& findings) {
  check_names(draft, findings);
  const OwnAddresses own = own_addresses(draft);
  for (VhostDraft& vhost : draft.vhosts) {
    check_shared_addresses(vhost, own, findings);
    if (!vhost.config.interface.empty()) {
      check_named_interface(vhost, draft, findings);
    } else if (!vhost.config.addresses.empty() && !draft.interfaces.empty()) {
      choose_interface(vhost, draft, findings);
    }
  }
  check_vhids(draft, findings);
}

}  // namespace carp::control
