// SPDX-License-Identifier: BSD-3-Clause
//
// So many frames a second and a burst of them at once. A worker's; pure.
#pragma once

#include <algorithm>
#include <utility>

#include "lib/dataplane/lease.h"

namespace carp::dpdk {

class RateLimit {
 public:
  // Requires: 1 <= per_second, 1 <= burst, per_second <= ticks_per_second.
  RateLimit(uint64_t per_second, uint64_t burst, dataplane::Ticks ticks_per_second) noexcept
      : cost_(ticks_per_second / per_second), most_(burst * cost_), credit_(most_) {}

  // `now` never goes back.
  [[nodiscard]] bool admit(dataplane::Ticks now) noexcept {
    credit_ = std::min(credit_ + (now - std::exchange(last_, now)), most_);
    if (credit_ < cost_) return false;
    credit_ -= cost_;
    return true;
  }

 private:
  dataplane::Ticks cost_;
  dataplane::Ticks most_;
  dataplane::Ticks credit_;
  dataplane::Ticks last_ = 0;
};

}  // namespace carp::dpdk
