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

  void add(dataplane::Reason reason) noexcept {
    const auto place = static_cast<unsigned>(reason);
    ++counts_[place];
    seen_ |= uint64_t{1} << place;
  }
  // A frame that was added for one reason got another one. Requires: it was added.
  void move(dataplane::Reason from, dataplane::Reason to) noexcept {
    --counts_[static_cast<unsigned>(from)];
    add(to);
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
  std::array<uint32_t, dataplane::kReasonCount> counts_{};
  uint64_t seen_ = 0;  // a bit for each reason that was added
};

}  // namespace carp::dpdk
