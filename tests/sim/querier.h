// SPDX-License-Identifier: BSD-3-Clause
//
// A multicast router on a lan, which keeps asking who is a member of which group (RFC 3376), in the
// version of IGMP that it speaks.
#pragma once

#include "tests/sim/random.h"
#include "tests/sim/world.h"

namespace carp::sim {

class Querier {
 public:
  Querier(World& world, StationId id, const QuerierPlan& plan);

  // Asks now, and again and again.
  void ask();

  [[nodiscard]] const QuerierPlan& plan() const noexcept { return plan_; }
  // The last time.
  [[nodiscard]] TimePoint asked_at() const noexcept { return asked_at_; }
  // So long members may take: in version 1 always the same.
  [[nodiscard]] Duration answers_within() const noexcept {
    return plan_.version == 1 ? Duration(std::chrono::seconds(10))
                              : std::chrono::milliseconds(100) * plan_.answer_tenths;
  }

 private:
  World& world_;
  StationId id_;
  QuerierPlan plan_;
  Random random_;
  TimePoint asked_at_ = TimePoint::min();
};

}  // namespace carp::sim
