// SPDX-License-Identifier: BSD-3-Clause
//
// A host on the lan that keeps asking who has the shared addresses, pings them by the MACs in its
// ARP cache, and counts who answers.
#pragma once

#include <map>
#include <vector>

#include "tests/sim/world.h"

namespace carp::sim {

class Client {
 public:
  Client(World& world, StationId id, size_t lan, uint8_t octet);

  // Asks now, and again and again.
  void ask();
  void receive(const Packet& packet);

 private:
  [[nodiscard]] net::Frame arp_request(net::Ipv4Address address) const;
  [[nodiscard]] net::Frame echo_request(net::Ipv4Address address, const net::MacAddress& to) const;
  void hear_arp(const Packet& packet);
  void count(const Packet& packet, const net::MacAddress& mac);

  World& world_;
  StationId id_;
  size_t lan_;
  net::Ipv4Address own_;
  net::MacAddress mac_;
  Random random_;
  std::vector<net::Ipv4Address> addresses_;  // shared, of this lan
  std::map<net::Ipv4Address, net::MacAddress> cache_;
  Asked asked_;  // the question that is open
};

}  // namespace carp::sim
