// SPDX-License-Identifier: BSD-3-Clause
//
// Counts the reasons of one burst on the worker's stack and books them once at its end: what other
// threads read is written once a burst, not once a frame, and never counted down again. A worker's
// thread.
#pragma once

#include <array>
#include <bit>

#include "lib/dataplane/counters.h"

namespace carp::dpdk {

class Tally {
 public:
  explicit Tally(dataplane::Counters& counters) noexcept : counters_(counters) {}
  ~Tally() { book(); }
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  void add(dataplane::Reason reason, uint32_t frames) noexcept {
    const auto place = static_cast<unsigned>(reason);
    const uint64_t bit = uint64_t{1} << place;
    counts_[place] = ((seen_ & bit) != 0 ? counts_[place] : 0) + frames;
    seen_ |= bit;
  }

 private:
  static_assert(dataplane::kReasonCount <= 64);

  void book() noexcept {
    for (uint64_t left = seen_; left != 0; left &= left - 1) {
      const auto place = static_cast<unsigned>(std::countr_zero(left));
      counters_.by_reason[place].add(counts_[place]);
    }
  }

  dataplane::Counters& counters_;
  // Not cleared for every burst: a count is valid where its bit is set.
  std::array<uint32_t, dataplane::kReasonCount> counts_;
  uint64_t seen_ = 0;
};

}  // namespace carp::dpdk
