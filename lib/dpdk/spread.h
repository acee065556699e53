// SPDX-License-Identifier: BSD-3-Clause
//
// How a worker that is behind with a queue gets help: frames that it has received and not looked at
// go by ring to others that own a queue of the same port. NICs put all ARP into one queue, since
// RSS does not hash it. Whoever takes a frame decides on it by its own table and clock, sends on
// its own transmit queue and counts it; the answers are the same.
//
// Made and destroyed on control's thread, while no worker runs.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "lib/dpdk/spsc_ring.h"
#include "lib/dpdk/topology.h"

struct rte_mbuf;

namespace carp::dpdk {

// Two of the largest bursts: enough to do while the giver serves a burst itself.
inline constexpr unsigned kHandoverRingSize = 128;

// From one worker to one other, for one port: to the taker one more receive queue.
class HandoverRing {
 public:
  // Throws StartError (69) where there is no memory.
  HandoverRing(const Handover& way, int socket);
  ~HandoverRing();  // frees the frames still in it. Requires: both workers have stopped.
  HandoverRing(const HandoverRing&) = delete;
  HandoverRing& operator=(const HandoverRing&) = delete;

  [[nodiscard]] const Handover& way() const noexcept { return way_; }

  // Giver. Gives the first of `frames`, as many as there is room for; answers how many. None where
  // the taker has closed.
  unsigned give(std::span<rte_mbuf* const> frames) noexcept {
    return open_.load(std::memory_order_relaxed) ? frames_.push_some(frames) : 0;
  }
  // Taker. Fills `frames` from the front; answers how many.
  unsigned take(std::span<rte_mbuf*> frames) noexcept { return frames_.pop_some(frames); }
  // Taker. Where it is closed nothing more is given. What is in it by then remains to be taken.
  void set_open(bool open) noexcept { open_.store(open, std::memory_order_relaxed); }

 private:
  SpscRing<rte_mbuf*> frames_;
  Handover way_;
  // Written by the taker, only where it changes; apart from what both read all the time.
  alignas(64) std::atomic<bool> open_{true};
};
static_assert(alignof(HandoverRing) == 64 && sizeof(HandoverRing) % 64 == 0);

// The rings at one of whose ends a worker stands.
struct SpreadEnds {
  std::vector<HandoverRing*> gives;  // those to whom it hands over first stand first
  std::vector<HandoverRing*> takes;
};

class Spread {
 public:
  // A ring for each way. `sockets`: the memory of each worker, by its number.
  Spread(std::span<const Handover> ways, std::span<const int> sockets);

  // Valid as long as this object.
  [[nodiscard]] SpreadEnds ends_of(unsigned worker) const;

 private:
  std::vector<std::unique_ptr<HandoverRing>> rings_;
};

}  // namespace carp::dpdk
