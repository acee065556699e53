// SPDX-License-Identifier: BSD-3-Clause
//
// A host on the lan that keeps asking who has the shared addresses, and counts who answers.
#pragma once

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
  World& world_;
  StationId id_;
  size_t lan_;
  net::Ipv4Address own_;
  net::MacAddress mac_;
  Random random_;
  std::vector<net::Ipv4Address> addresses_;  // shared, of this lan
  Asked asked_;                              // the question that is open
};

}  // namespace carp::sim
