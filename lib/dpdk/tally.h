// SPDX-License-Identifier: BSD-3-Clause
//
// Counts the reasons of one burst. Neighbouring frames mostly share a reason, so runs are counted
// in a register and booked once: an add to memory for every frame would wait for the one before.
// A worker's thread.
#pragma once

#include "lib/dataplane/counters.h"

namespace carp::dpdk {

class Tally {
 public:
  explicit Tally(dataplane::Counters& counters) noexcept : counters_(counters) {}
  ~Tally() { book(); }
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  void add(dataplane::Reason reason) noexcept {
    if (reason != reason_) {
      book();
      reason_ = reason;
      run_ = 0;
    }
    ++run_;
  }

 private:
  void book() noexcept {
    if (run_ != 0) counters_.of(reason_).add(run_);
  }

  dataplane::Counters& counters_;
  dataplane::Reason reason_{};
  uint32_t run_ = 0;
};

}  // namespace carp::dpdk
