// SPDX-License-Identifier: BSD-3-Clause
//
// A ring of values between two threads: one producer, one consumer, no lock, fixed capacity. A thin
// typed layer over rte_ring. `push…` may be called by the producer only, `pop…` by the consumer
// only; the counts by either. Made and destroyed while neither runs.
#pragma once

#include <rte_errno.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>

#include <span>
#include <string>
#include <type_traits>

#include "lib/dpdk/start_error.h"

namespace carp::dpdk {

template <typename T>
class SpscRing {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % 4 == 0);

 public:
  // Holds exactly `capacity` values. `name` is unique among the rings of the program and at most 28
  // characters long. Throws StartError (69) where there is no memory.
  SpscRing(const std::string& name, unsigned capacity, int socket)
      : ring_(rte_ring_create_elem(name.c_str(), sizeof(T), capacity, socket,
                                   RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ)) {
    if (ring_ == nullptr) {
      throw StartError(ExitCode::unavailable, "ring " + name + ": " + rte_strerror(rte_errno) +
                                                  "; give the program more memory (EAL -m)");
    }
  }
  ~SpscRing() { rte_ring_free(ring_); }
  SpscRing(const SpscRing&) = delete;
  SpscRing& operator=(const SpscRing&) = delete;

  // Producer. False where the ring is full.
  [[nodiscard]] bool push(const T& value) noexcept {
    return rte_ring_sp_enqueue_elem(ring_, const_cast<T*>(&value), sizeof(T)) == 0;
  }
  // Consumer. False where the ring is empty.
  [[nodiscard]] bool pop(T& value) noexcept {
    return rte_ring_sc_dequeue_elem(ring_, &value, sizeof(T)) == 0;
  }
  // Producer. Pushes the first of `values`, as many as there is room for; answers how many.
  unsigned push_some(std::span<const T> values) noexcept {
    return rte_ring_sp_enqueue_burst_elem(ring_, values.data(), sizeof(T),
                                          static_cast<unsigned>(values.size()), nullptr);
  }
  // Consumer. Fills `values` from the front; answers how many there were.
  unsigned pop_some(std::span<T> values) noexcept {
    return rte_ring_sc_dequeue_burst_elem(ring_, values.data(), sizeof(T),
                                          static_cast<unsigned>(values.size()), nullptr);
  }
  // Either end. To the producer `free_count` is a promise: that many pushes will succeed; to the
  // consumer `count` is one.
  [[nodiscard]] unsigned count() const noexcept { return rte_ring_count(ring_); }
  [[nodiscard]] unsigned free_count() const noexcept { return rte_ring_free_count(ring_); }
  [[nodiscard]] unsigned capacity() const noexcept { return rte_ring_get_capacity(ring_); }

 private:
  rte_ring* ring_;
};

}  // namespace carp::dpdk
