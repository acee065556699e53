// SPDX-License-Identifier: BSD-3-Clause
//
// Until when workers may act as MASTER, one word per virtual host (D4). Written by control, read
// by workers once per answer, so that a host whose control stalls falls silent by itself before a
// peer takes over. The words outlive every table: tables name them by index.
//
// A word counts ticks of the clock that workers read (dpdk/tsc_clock; in tests any number).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace carp::dataplane {

using Ticks = uint64_t;

inline constexpr uint16_t kMaxVhosts = 16 * 255;
// The lease of own addresses: never lapses.
inline constexpr uint16_t kOwnLease = 0;

class LeaseBoard {
 public:
  LeaseBoard() noexcept { words_[kOwnLease].store(~Ticks{0}, std::memory_order_relaxed); }
  LeaseBoard(const LeaseBoard&) = delete;
  LeaseBoard& operator=(const LeaseBoard&) = delete;

  // Control only. Requires: 1 <= index <= kMaxVhosts. `until` 0 ends the lease at once.
  void set(uint16_t index, Ticks until) noexcept {
    words_[index].store(until, std::memory_order_relaxed);
  }
  // Any thread.
  [[nodiscard]] bool holds(uint16_t index, Ticks now) const noexcept {
    return now < words_[index].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<Ticks>, kMaxVhosts + 1> words_{};
};

}  // namespace carp::dataplane
