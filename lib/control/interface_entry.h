// SPDX-License-Identifier: BSD-3-Clause
//
// All that the engine keeps of one interface (a port and VLAN). Owned by the engine.
#pragma once

#include <array>
#include <deque>

#include "lib/control/config.h"
#include "lib/dataplane/table.h"
#include "lib/proto/membership.h"

namespace carp::control {

// What the shell found out about an interface's port.
struct InterfaceFacts {
  dataplane::PortId port = 0;
  net::MacAddress mac;
  dataplane::HostId host = dataplane::kNoHost;  // of the kernel interface beside it
  uint16_t mtu = 1500;
  // Cards of this kind drop frames that carry one of their own MACs as source (I2.2).
  bool filter_prunes = false;
};

// A gratuitous ARP that waits for its turn; they leave 1 ms apart (C126, D19).
struct Announcement {
  uint16_t lease = 0;  // names the virtual host; skipped where that is no longer MASTER
  net::Ipv4Address address;
};

struct VhostEntry;

struct InterfaceEntry {
  InterfaceConfig config;
  dataplane::InterfaceIndex index = 0;
  InterfaceFacts facts;
  bool link_up = false;
  bool worker_stalled = false;
  bool holding = false;  // link is back, link_hold not over (I2.2)
  proto::TimePoint held_until = proto::TimePoint::min();
  std::deque<Announcement> announcements;
  proto::TimePoint next_announcement = proto::TimePoint::min();
  proto::Membership membership;
  std::array<VhostEntry*, 256> by_vhid{};  // null: none with that vhid
};

}  // namespace carp::control
