// SPDX-License-Identifier: BSD-3-Clause
#include "tests/dataplane/arp_model.h"

#include <set>

namespace carp::dataplane {
namespace {

using Text = std::string;

[[nodiscard]] unsigned long number(const net::Frame& frame, size_t offset, size_t size) {
  unsigned long value = 0;
  for (size_t i = 0; i < size; ++i) value = value * 256 + frame[offset + i];
  return value;
}

[[nodiscard]] net::Frame bytes(const net::Frame& frame, size_t offset, size_t size) {
  return {frame.begin() + static_cast<long>(offset),
          frame.begin() + static_cast<long>(offset + size)};
}

void put(net::Frame& frame, size_t offset, const net::Frame& value) {
  for (size_t i = 0; i < value.size(); ++i) frame[offset + i] = value[i];
}

[[nodiscard]] const Address* lookup(const SceneData& data, int interface, unsigned long address) {
  for (const Address& entry : data.addresses) {
    if (entry.interface == interface && entry.address.value == address) return &entry;
  }
  return nullptr;
}

[[nodiscard]] bool shared(const Address* entry) {
  return entry != nullptr && !entry->shares.empty();
}

[[nodiscard]] const Share& share_of(const Address& entry, unsigned long sender) {
  return entry.shares[sender % entry.shares.size()];
}

// The virtual MACs of an interface, as numbers.
[[nodiscard]] std::set<unsigned long> virtual_macs(const SceneData& data, int interface) {
  std::set<unsigned long> macs;
  for (const Address& entry : data.addresses) {
    if (entry.interface != interface) continue;
    for (const Share& share : entry.shares) macs.insert(0x00005e000100 + share.vhid);
  }
  if (interface == 0) {
    for (const Share& share : data.vhosts_0) macs.insert(0x00005e000100 + share.vhid);
  }
  return macs;
}

[[nodiscard]] int interface_with_vlan(const SceneData& data, unsigned long vlan) {
  for (size_t i = 0; i < data.interfaces.size(); ++i) {
    if (data.interfaces[i].vlan == vlan) return static_cast<int>(i);
  }
  return -1;
}

// The name of the reason why a sender is refused, or nothing.
[[nodiscard]] Text refused_sender(const SceneData& data, int interface, const net::Frame& arp) {
  const auto sender_mac = number(arp, 8, 6);
  const auto sender = number(arp, 14, 4);
  const auto target = number(arp, 24, 4);
  if (arp[8] % 2 == 1) return "arp_bad_sender";
  if (sender_mac == 0x02000000000a) return "arp_own_frame";
  const Address* claimed = lookup(data, interface, sender);
  if (virtual_macs(data, interface).contains(sender_mac)) {
    const bool about_shared = shared(claimed) || shared(lookup(data, interface, target));
    return about_shared ? "arp_from_virtual" : "";
  }
  const bool conflict = shared(claimed) && share_of(*claimed, sender).standing == Standing::master;
  return conflict ? "arp_conflict" : "";
}

// The reason for an ARP packet, and the MAC to answer with.
struct Judgement {
  Text reason;
  net::Frame mac = {};
};

[[nodiscard]] Judgement judge(const SceneData& data, int interface, const net::Frame& arp) {
  if (bytes(arp, 0, 6) != net::Frame{0, 1, 8, 0, 6, 4}) return {"arp_malformed"};
  const auto operation = number(arp, 6, 2);
  if (operation != 1 && operation != 2) return {"arp_not_request"};
  if (const Text refused = refused_sender(data, interface, arp); !refused.empty()) return {refused};
  if (operation == 2) return {"arp_not_request"};
  const Address* asked = lookup(data, interface, number(arp, 24, 4));
  if (asked == nullptr) return {"arp_other_target"};
  const bool has_kernel = data.interfaces[static_cast<size_t>(interface)].host != kNoHost;
  if (!shared(asked) && has_kernel) return {"arp_other_target"};
  if (!shared(asked)) return {"arp_answered", {2, 0, 0, 0, 0, 0x0a}};
  const Share& share = share_of(*asked, number(arp, 14, 4));
  if (share.standing == Standing::backup) return {"not_master"};
  if (share.standing == Standing::lapsed) return {"lease_lapsed"};
  return {"arp_answered", {0, 0, 0x5e, 0, 1, share.vhid}};
}

// How we stand to the vhost of a virtual MAC of the interface; BACKUP to all others.
[[nodiscard]] Standing standing_of(const SceneData& data, int interface, unsigned long mac) {
  std::vector<Share> all;
  if (interface == 0) all = data.vhosts_0;
  for (const Address& entry : data.addresses) {
    if (entry.interface == interface)
      all.insert(all.end(), entry.shares.begin(), entry.shares.end());
  }
  for (const Share& share : all)
    if (mac == 0x00005e000100UL + share.vhid) return share.standing;
  return Standing::backup;
}

// What becomes of a frame that is neither ARP nor IPv4 where there is a kernel (I7.2).
[[nodiscard]] Text other_for_kernel(const SceneData& data, int interface, const net::Frame& frame) {
  const auto destination = number(frame, 0, 6);
  if (frame[0] % 2 == 1) return "host_group";
  if (destination == 0x02000000000a) return "host_unicast";
  if (!virtual_macs(data, interface).contains(destination)) return "other_host";
  switch (standing_of(data, interface, destination)) {
    case Standing::master: return "host_unicast";
    case Standing::backup: return "not_master";
    case Standing::lapsed: return "lease_lapsed";
  }
  return "";
}

// Is an ARP packet, which no worker answers for `reason`, the kernel's (I7.2)?
[[nodiscard]] bool is_for_kernel(const SceneData& data, int interface, const net::Frame& frame,
                                 const net::Frame& arp, const Text& reason) {
  if (data.interfaces[static_cast<size_t>(interface)].host == kNoHost) return false;
  if (reason != "arp_other_target" && reason != "arp_not_request" && reason != "arp_from_virtual")
    return false;
  const auto target = number(arp, 24, 4);
  const bool answers_somebody = number(arp, 6, 2) == 2 && number(arp, 14, 4) != target;
  if (shared(lookup(data, interface, target)) && !answers_somebody) return false;
  const auto destination = number(frame, 0, 6);
  return frame[0] % 2 == 1 || destination == 0x02000000000a ||
         standing_of(data, interface, destination) == Standing::master;
}

}  // namespace

Expected expect_arp(const SceneData& data, const net::Frame& frame) {
  if (frame.size() < 14) return {"too_short", frame};
  size_t start = 14;
  unsigned long vlan = 0;
  if (number(frame, 12, 2) == 0x8100) {
    if (frame.size() < 18) return {"too_short", frame};
    vlan = number(frame, 14, 2) % 4096;
    start = 18;
  }
  const int interface = interface_with_vlan(data, vlan);
  if (interface < 0) return {"unknown_vlan", frame};
  const auto type = number(frame, start - 2, 2);
  const bool has_kernel = data.interfaces[static_cast<size_t>(interface)].host != kNoHost;
  if (type != 0x0806 && type != 0x8100 && has_kernel)
    return {other_for_kernel(data, interface, frame), frame};
  if (type == 0x86dd) return {"ipv6", frame};
  if (type != 0x0806) return {"ether_type", frame};
  if (frame.size() < start + 28) return {"too_short", frame};

  const net::Frame arp = bytes(frame, start, 28);
  const auto [reason, mac] = judge(data, interface, arp);
  net::Frame after = frame;
  if (is_for_kernel(data, interface, frame, arp, reason)) return {"host_arp", after};
  if (reason != "arp_answered") return {reason, after};
  put(after, 0, bytes(arp, 8, 6));
  put(after, 6, mac);
  put(after, start + 6, {0, 2});
  put(after, start + 8, mac);
  put(after, start + 14, bytes(arp, 24, 4));
  put(after, start + 18, bytes(arp, 8, 10));
  return {reason, after};
}

}  // namespace carp::dataplane
