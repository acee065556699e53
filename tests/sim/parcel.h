// SPDX-License-Identifier: BSD-3-Clause
//
// A frame under way, and what the simulator knows of it that its bytes do not tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "lib/net/build.h"

namespace carp::sim {

// Number of whatever has ports on the wires: our hosts first, then peers, clients, the attacker.
using StationId = size_t;

enum class Origin : uint8_t {
  member,    // a host of ours, a foreign member or a client said it
  repeated,  // recorded advertisement again
  reskewed,  // recorded, with another pace and a right checksum
  forged,    // no key
  router,    // a query of a multicast router
};

struct Parcel {
  net::Frame bytes;
  StationId sender = 0;
  Origin origin = Origin::member;
  unsigned run = 0;  // of a sender that is one of ours: it may have restarted since
};
using Packet = std::shared_ptr<const Parcel>;

}  // namespace carp::sim
