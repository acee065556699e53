// SPDX-License-Identifier: BSD-3-Clause
//
// What changes under a table, two words per virtual host: until when workers may act as MASTER
// (D4), and the counter that its last advertisement carried. Written by control. Workers read the
// first once per answer, so that a host whose control stalls falls silent by itself before a peer
// takes over; the second once per advertisement, to know which one control should see first. The
// words outlive every table: tables name them by index.
//
// A lease counts ticks of the clock that workers read (dpdk/tsc_clock; in tests any number).
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

  // The counter accepted or sent last. Control only. Requires: 1 <= index <= kMaxVhosts.
  void set_counter(uint16_t index, uint64_t counter) noexcept {
    counters_[index].store(counter, std::memory_order_relaxed);
  }
  // Any thread.
  [[nodiscard]] uint64_t counter(uint16_t index) const noexcept {
    return counters_[index].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<Ticks>, kMaxVhosts + 1> words_{};
  // Apart from the leases, which every answer reads: a word of each changes with every interval.
  std::array<std::atomic<uint64_t>, kMaxVhosts + 1> counters_{};
};

}  // namespace carp::dataplane
