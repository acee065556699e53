// SPDX-License-Identifier: BSD-3-Clause
//
// The simulator's dice: splitmix64, the same numbers from the same seed on every machine and
// library.
#pragma once

#include <cassert>
#include <cstdint>

#include "lib/proto/time.h"

namespace carp::sim {

class Random {
 public:
  explicit Random(uint64_t seed) noexcept : state_(seed) {}

  [[nodiscard]] uint64_t next() noexcept {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // 0 to n - 1. Requires: n > 0.
  [[nodiscard]] uint64_t below(uint64_t n) noexcept {
    assert(n > 0);
    return next() % n;
  }
  [[nodiscard]] bool chance(unsigned per_mille) noexcept { return below(1000) < per_mille; }
  // Both ends included. Requires: low <= high.
  [[nodiscard]] int64_t between(int64_t low, int64_t high) noexcept {
    return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low) + 1));
  }
  [[nodiscard]] proto::Duration between(proto::Duration low, proto::Duration high) noexcept {
    return proto::Duration(between(low.count(), high.count()));
  }

 private:
  uint64_t state_;
};

}  // namespace carp::sim
