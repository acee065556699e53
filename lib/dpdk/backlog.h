// SPDX-License-Identifier: BSD-3-Clause
//
// When a worker hands frames of a receive queue over: where it does not keep up, and where to give
// a frame away costs it less than to serve it. The first its bursts tell: one that is not full has
// seen the bottom of the queue, so nothing waits. The second it tries out: now and then it serves a
// burst itself and looks at the clock. One for each queue; pure, its worker's.
#pragma once

#include <cstdint>

namespace carp::dpdk {

// So many frames in full bursts without a sight of the bottom, and the queue is behind: a quarter
// of what its descriptors hold, so that with three helpers, too, help comes before one is lost.
inline constexpr unsigned kBehindFrames = 128;
// Of so many frames that it is behind with, one burst is served to see what that costs.
inline constexpr unsigned kTrialFrames = 512;
// What it costs to give a frame away, in cycles: most of it is that the mbuf has been on another
// core when it comes back (docs/performance.md). To answer a request on a fast NIC takes less.
inline constexpr uint32_t kGiveCycles = 100;

class Backlog {
 public:
  // `give_cycles`: 0 where it always pays to give.
  explicit Backlog(uint32_t give_cycles = kGiveCycles) noexcept : give_cycles_(give_cycles) {}

  // A burst of `received` frames where `burst` could have been.
  void note(unsigned received, unsigned burst) noexcept {
    unbroken_ = received == burst ? unbroken_ + received : 0;
    last_ = received;
  }
  [[nodiscard]] bool is_behind() const noexcept { return unbroken_ >= kBehindFrames; }
  // The burst is one to serve and to time; the first one that is behind always is.
  [[nodiscard]] bool is_trial() const noexcept {
    return is_behind() && (unbroken_ - kBehindFrames) % kTrialFrames < last_;
  }
  // The burst was served, in so many cycles.
  void note_trial(uint64_t cycles) noexcept { pays_ = cycles >= uint64_t{give_cycles_} * last_; }
  // The burst is one to give away.
  [[nodiscard]] bool wants_help() const noexcept { return pays_ && is_behind() && !is_trial(); }

 private:
  uint64_t unbroken_ = 0;  // frames in full bursts, one after the other
  unsigned last_ = 0;      // frames of the last burst
  uint32_t give_cycles_;
  bool pays_ = false;
};

}  // namespace carp::dpdk
