// SPDX-License-Identifier: BSD-3-Clause
//
// One worker's counters. Written by that worker alone, read relaxed by control at any time: each
// number is right by itself, several together are not one moment.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "lib/dataplane/reason.h"

namespace carp::dataplane {

// A count with one writer; adding is a plain add, not a locked one.
class Counter {
 public:
  void add(uint64_t n) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  [[nodiscard]] uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

struct alignas(64) Counters {
  Counter received;                             // frames
  std::array<Counter, kReasonCount> by_reason;  // frames; their sum is `received`

  [[nodiscard]] Counter& of(Reason reason) noexcept {
    return by_reason[static_cast<size_t>(reason)];
  }
  [[nodiscard]] const Counter& of(Reason reason) const noexcept {
    return by_reason[static_cast<size_t>(reason)];
  }
};
static_assert(alignof(Counters) == 64 && sizeof(Counters) % 64 == 0);

}  // namespace carp::dataplane
