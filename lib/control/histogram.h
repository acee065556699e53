// SPDX-License-Identifier: BSD-3-Clause
//
// How long something took, over and over: count, quantiles and the longest, in fixed memory. Exact
// to a microsecond below 32 us, to a sixteenth above; a quantile is never said too short. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "lib/proto/time.h"

namespace carp::control {

class Histogram {
 public:
  // Less than nothing counts as nothing.
  void add(proto::Duration time) noexcept {
    const auto us = static_cast<uint64_t>(std::max<int64_t>(time.count(), 0));
    ++counts_[bucket_of(us)];
    ++count_;
    sum_ += us;
    max_ = std::max(max_, us);
  }

  [[nodiscard]] uint64_t count() const noexcept { return count_; }
  [[nodiscard]] uint64_t max_us() const noexcept { return max_; }
  [[nodiscard]] uint64_t sum_us() const noexcept { return sum_; }
  // How many took less than two to the power of `exponent` microseconds; exact. Requires: at
  // most 31.
  [[nodiscard]] uint64_t count_below(unsigned exponent) const noexcept {
    const size_t end = bucket_of(uint64_t{1} << exponent);
    return std::accumulate(counts_.begin(), counts_.begin() + static_cast<ptrdiff_t>(end),
                           uint64_t{0});
  }
  // So long at most took this share of all, 0 to 1; 0 where there was none.
  [[nodiscard]] uint64_t quantile_us(double share) const noexcept {
    const auto wanted = static_cast<uint64_t>(std::ceil(share * static_cast<double>(count_)));
    uint64_t seen = 0;
    for (size_t bucket = 0; bucket < kBuckets; ++bucket) {
      seen += counts_[bucket];
      if (seen >= wanted) return std::min(longest_in(bucket), max_);
    }
    return max_;
  }

 private:
  // Two to the power of kFineBits buckets for each power of two, and of one more at the beginning.
  static constexpr unsigned kFineBits = 4;
  static constexpr uint64_t kLongest = (uint64_t{1} << 32) - 1;  // more than an hour
  static constexpr size_t kBuckets = (32 - kFineBits + 1) << kFineBits;

  [[nodiscard]] static size_t bucket_of(uint64_t us) noexcept {
    us = std::min(us, kLongest);
    if (us < uint64_t{2} << kFineBits) return us;
    const auto shift = static_cast<unsigned>(std::bit_width(us)) - 1 - kFineBits;
    return (size_t{shift} << kFineBits) + (us >> shift);
  }
  [[nodiscard]] static uint64_t longest_in(size_t bucket) noexcept {
    if (bucket < size_t{2} << kFineBits) return bucket;
    const size_t shift = (bucket >> kFineBits) - 1;
    const uint64_t leading = bucket - (shift << kFineBits);
    return ((leading + 1) << shift) - 1;
  }

  std::array<uint64_t, kBuckets> counts_{};
  uint64_t count_ = 0;
  uint64_t sum_ = 0;
  uint64_t max_ = 0;
};

}  // namespace carp::control
