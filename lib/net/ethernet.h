// SPDX-License-Identifier: BSD-3-Clause
//
// Ethernet II and 802.1Q headers. Any thread.
#pragma once

#include "lib/net/address.h"

namespace carp::net {

inline constexpr uint16_t kEtherTypeIpv4 = 0x0800;
inline constexpr uint16_t kEtherTypeArp = 0x0806;
inline constexpr uint16_t kEtherTypeVlan = 0x8100;
inline constexpr uint16_t kEtherTypeIpv6 = 0x86dd;

struct EthernetHeader {
  MacAddress destination;
  MacAddress source;
  Be16 ether_type;
};
static_assert(sizeof(EthernetHeader) == 14);

// Follows the Ethernet header where its type is kEtherTypeVlan.
struct VlanTag {
  Be16 control;     // priority (3 bits), drop eligible (1), VLAN id (12)
  Be16 ether_type;  // of what follows

  [[nodiscard]] constexpr uint16_t id() const noexcept { return control.get() & 0x0fff; }
};
static_assert(sizeof(VlanTag) == 4);

// VLAN id 0 marks a frame that has a priority and no VLAN, so it also says "untagged" here.
inline constexpr uint16_t kUntagged = 0;

}  // namespace carp::net
