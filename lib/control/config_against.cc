// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/config_against.h"

#include <algorithm>

#include "lib/proto/vhost.h"

namespace carp::control {
namespace {

using proto::VhostConfig;

constexpr const char* kNote = "note: ";

// A virtual host with all that a comparison needs of its host.
struct Member {
  const HostFile& host;
  const VhostConfig& vhost;
  const InterfaceConfig& interface;

  [[nodiscard]] std::string title() const {
    return vhost.name + " (vhid " + std::to_string(vhost.vhid) + ")";
  }
  // "carp0 of b.ini": it, as the other side speaks of it.
  [[nodiscard]] std::string there() const { return vhost.name + " of " + std::string(host.name); }
  // "a.ini: carp0 (vhid 1): message"
  [[nodiscard]] std::string says(const std::string& message) const {
    return std::string(host.name) + ": " + title() + ": " + message;
  }
  [[nodiscard]] std::string notes(const std::string& message) const {
    return std::string(host.name) + ": " + kNote + title() + ": " + message;
  }
};

[[nodiscard]] std::vector<Member> members_of(const HostFile& host) {
  std::vector<Member> members;
  for (const VhostConfig& vhost : host.config.vhosts) {
    const auto interface =
        std::ranges::find(host.config.interfaces, vhost.interface, &InterfaceConfig::name);
    if (interface != host.config.interfaces.end()) members.push_back({host, vhost, *interface});
  }
  return members;
}

[[nodiscard]] bool share_a_subnet(const InterfaceConfig& a, const InterfaceConfig& b) {
  return std::ranges::any_of(a.addresses, [&](net::Ipv4Prefix own) {
    return std::ranges::any_of(b.addresses, [&](net::Ipv4Prefix other) {
      return own.contains(other.address) && other.contains(own.address);
    });
  });
}

[[nodiscard]] bool has(const VhostConfig& vhost, net::Ipv4Address address) {
  return std::ranges::find(vhost.addresses, address, &net::Ipv4Prefix::address) !=
         vhost.addresses.end();
}

// Of several on one subnet the one with the same vlan. Null: there is none.
[[nodiscard]] const Member* partner_of(const Member& member, const std::vector<Member>& others) {
  const Member* partner = nullptr;
  for (const Member& other : others) {
    if (other.vhost.vhid != member.vhost.vhid) continue;
    if (!share_a_subnet(other.interface, member.interface)) continue;
    if (partner == nullptr || other.interface.vlan == member.interface.vlan) partner = &other;
  }
  return partner;
}

// From which it advertises: the one in the subnet of its first shared address (C7).
[[nodiscard]] net::Ipv4Address own_address(const Member& member) {
  const auto& own = member.interface.addresses;
  const auto same_subnet = std::ranges::find_if(own, [&](net::Ipv4Prefix prefix) {
    return prefix.contains(member.vhost.addresses.front().address);
  });
  return same_subnet != own.end() ? same_subnet->address : own.front().address;
}

// What the digest covers (C36): one difference, and each refuses the other.
void compare_digests(const Member& a, const Member& b, Comparison& result) {
  if (a.vhost.key != b.vhost.key)
    result.apart.push_back(a.says("its password is another one than that of " + b.there()));
  bool same_addresses = true;
  const auto report_missing = [&](const Member& lacking, const Member& having) {
    for (const net::Ipv4Prefix shared : having.vhost.addresses) {
      if (has(lacking.vhost, shared.address)) continue;
      same_addresses = false;
      result.apart.push_back(lacking.says("lacks " + to_string(shared.address) + ", which " +
                                          having.there() + " has"));
    }
  };
  report_missing(a, b);
  report_missing(b, a);
  if (!same_addresses) return;
  const auto hashed = [](const VhostConfig& vhost) {
    std::vector<net::Ipv4Address> order;
    for (const net::Ipv4Prefix shared : vhost.addresses) order.push_back(shared.address);
    if (vhost.address_order == proto::AddressOrder::sorted) std::ranges::sort(order);
    return order;
  };
  if (hashed(a.vhost) != hashed(b.vhost))
    result.apart.push_back(a.says("hashes its addresses in another order than " + b.there() +
                                  "; address_order = sorted on both ends this (D1)"));
  else if (a.vhost.address_order != b.vhost.address_order)
    result.notes.push_back(a.notes("address_order differs from that of " + b.there() +
                                   ", and these addresses come in one order all the same"));
}

// Who is MASTER, and when the other takes over.
void compare_paces(const Member& a, const Member& b, Comparison& result) {
  const proto::Pace mine = a.vhost.pace;
  const proto::Pace theirs = b.vhost.pace;
  const auto text = [](uint8_t value) { return std::to_string(value); };
  if (mine == theirs) {
    const bool b_stays = proto::precedes_on_tie(own_address(b).value, own_address(a).value);
    const Member& stays = b_stays ? b : a;
    result.apart.push_back(a.says("advbase " + text(mine.advbase) + " and advskew " +
                                  text(mine.advskew) + " are those of " + b.there() +
                                  " too; of two masters " + to_string(own_address(stays)) + " (" +
                                  std::string(stays.host.name) + ") would stay (D3)"));
  } else if (mine.advbase != theirs.advbase) {
    const Member& lower = mine.advbase < theirs.advbase ? a : b;
    const Member& higher = &lower == &a ? b : a;
    result.apart.push_back(lower.says("advbase " + text(lower.vhost.pace.advbase) + " is below " +
                                      text(higher.vhost.pace.advbase) + " of " + higher.there() +
                                      ": it can take over before the lease there ends (D4)"));
  } else if (mine.advbase == 0) {
    const Member& lower = mine.advskew < theirs.advskew ? a : b;
    result.notes.push_back(
        lower.notes("with advbase 0 the lower advskew can take over before the "
                    "lease of the other host ends (D4)"));
  }
}

// Differences that the group bears.
void note_switches(const Member& a, const Member& b, Comparison& result) {
  const auto note = [&](bool differs, const std::string& what) {
    if (differs) result.notes.push_back(a.notes(what + " differs from that of " + b.there()));
  };
  const VhostConfig& mine = a.vhost;
  const VhostConfig& theirs = b.vhost;
  note(mine.replay != theirs.replay, "replay");
  note(mine.openbsd_demotion != theirs.openbsd_demotion, "openbsd_demotion");
  note(mine.arp_source != theirs.arp_source, "arp_source");
  note(a.interface.vlan != b.interface.vlan, "the vlan of " + a.interface.name);
  for (const net::Ipv4Prefix shared : mine.addresses) {
    const auto other =
        std::ranges::find(theirs.addresses, shared.address, &net::Ipv4Prefix::address);
    note(other != theirs.addresses.end() && other->length != shared.length,
         "the prefix length of " + to_string(shared.address));
  }
  for (const Member* member : {&a, &b})
    if (!member->vhost.up) result.notes.push_back(member->notes("it is not up when it starts"));
}

// Both would be MASTER of their own, or nobody would take over.
void report_alone(const Member& alone, const HostFile& other_host,
                  const std::vector<Member>& others, Comparison& result) {
  for (const Member& other : others) {
    if (!share_a_subnet(other.interface, alone.interface)) continue;
    for (const net::Ipv4Prefix shared : alone.vhost.addresses) {
      if (!has(other.vhost, shared.address)) continue;
      result.apart.push_back(alone.says(to_string(shared.address) + " has another vhid in " +
                                        other.there() + ", vhid " +
                                        std::to_string(other.vhost.vhid)));
      return;
    }
  }
  result.apart.push_back(alone.says(std::string(other_host.name) +
                                    " has no such vhid on this subnet and would not take over"));
}

void compare_own_addresses(const HostFile& a, const HostFile& b, Comparison& result) {
  for (const InterfaceConfig& mine : a.config.interfaces) {
    for (const InterfaceConfig& theirs : b.config.interfaces) {
      for (const net::Ipv4Prefix own : mine.addresses) {
        if (std::ranges::find(theirs.addresses, own.address, &net::Ipv4Prefix::address) ==
            theirs.addresses.end())
          continue;
        result.apart.push_back(std::string(a.name) + ": " + to_string(own.address) + " of " +
                               mine.name + " is the own address of " + theirs.name + " in " +
                               std::string(b.name) + " too");
      }
    }
  }
}

// A shared address that the other host has for itself.
void compare_shared_with_own(const std::vector<Member>& members, const HostFile& other,
                             Comparison& result) {
  for (const Member& member : members) {
    for (const InterfaceConfig& interface : other.config.interfaces) {
      for (const net::Ipv4Prefix own : interface.addresses) {
        if (has(member.vhost, own.address))
          result.apart.push_back(member.says("shares " + to_string(own.address) +
                                             ", which is the own address of " + interface.name +
                                             " in " + std::string(other.name)));
      }
    }
  }
}

// True where several virtual hosts of one interface have an address in common: arpbalance then says
// who of them answers (I2.7).
[[nodiscard]] bool is_balanced(const std::vector<Member>& members) {
  for (const Member& a : members)
    for (const Member& b : members)
      if (&a != &b && a.vhost.interface == b.vhost.interface &&
          std::ranges::any_of(a.vhost.addresses,
                              [&](net::Ipv4Prefix shared) { return has(b.vhost, shared.address); }))
        return true;
  return false;
}

// What all virtual hosts of a host have in common.
void compare_whole_hosts(const HostFile& a, const HostFile& b, bool balanced, Comparison& result) {
  const std::string front = std::string(a.name) + ": ";
  const auto differing = [&](const std::string& what, int64_t mine, int64_t theirs) {
    return what + " is " + std::to_string(mine) + ", and " + std::to_string(theirs) + " in " +
           std::string(b.name);
  };
  const Sysctl& mine = a.config.sysctl;
  const Sysctl& theirs = b.config.sysctl;
  if (mine.preempt != theirs.preempt)
    result.apart.push_back(front +
                           differing("net.inet.carp.preempt", mine.preempt, theirs.preempt) +
                           ": one takes back what it was MASTER of, the other does not");
  if (mine.arpbalance != theirs.arpbalance) {
    const std::string text =
        differing("net.inet.carp.arpbalance", mine.arpbalance, theirs.arpbalance);
    if (balanced)
      result.apart.push_back(front + text + ": a client is answered twice, or not at all");
    else
      result.notes.push_back(front + kNote + text + "; no address is balanced here");
  }
  const int64_t my_transition = a.config.global.transition.count();
  const int64_t their_transition = b.config.global.transition.count();
  if (my_transition != their_transition)
    result.notes.push_back(front + kNote +
                           differing("transition", my_transition, their_transition));
  for (const HostFile* host : {&a, &b})
    if (!host->config.sysctl.allow)
      result.notes.push_back(std::string(host->name) + ": " + kNote +
                             "net.inet.carp.allow is 0: it takes no part");
}

}  // namespace

Comparison compare_hosts(const HostFile& a, const HostFile& b) {
  const std::vector<Member> mine = members_of(a);
  const std::vector<Member> theirs = members_of(b);
  Comparison result;
  if (mine.empty() && theirs.empty())
    result.apart.push_back(std::string(a.name) + ": there is no virtual host here, nor in " +
                           std::string(b.name));
  for (const Member& member : mine) {
    const Member* partner = partner_of(member, theirs);
    if (partner == nullptr) {
      report_alone(member, b, theirs, result);
      continue;
    }
    compare_digests(member, *partner, result);
    compare_paces(member, *partner, result);
    note_switches(member, *partner, result);
  }
  for (const Member& member : theirs)
    if (partner_of(member, mine) == nullptr) report_alone(member, a, mine, result);
  compare_own_addresses(a, b, result);
  compare_shared_with_own(mine, b, result);
  compare_shared_with_own(theirs, a, result);
  compare_whole_hosts(a, b, is_balanced(mine) || is_balanced(theirs), result);
  return result;
}

}  // namespace carp::control
