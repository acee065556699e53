// SPDX-License-Identifier: BSD-3-Clause
//
// Somebody on the lan who hears every advertisement, has no key, and says what he likes: recorded
// ones again, with another pace, with flipped bits or cut short, or ones of his own.
#pragma once

#include <vector>

#include "lib/proto/auth.h"
#include "tests/sim/world.h"

namespace carp::sim {

class Attacker {
 public:
  // `ids`: his station on each lan.
  Attacker(World& world, std::vector<StationId> ids);

  void overhear(size_t lan, const Packet& packet);
  // Requires: a fault of his kinds.
  void begin(const Fault& fault);

 private:
  void say(FaultKind kind, size_t lan);
  [[nodiscard]] net::Frame with_other_pace(const net::Frame& recorded);
  [[nodiscard]] net::Frame corrupted(net::Frame recorded);
  [[nodiscard]] net::Frame forged(size_t lan);

  World& world_;
  std::vector<StationId> ids_;
  Random random_;
  std::vector<std::vector<Packet>> recorded_;  // by lan
  size_t heard_ = 0;
};

}  // namespace carp::sim
