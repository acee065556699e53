// SPDX-License-Identifier: BSD-3-Clause
//
// Advertisement interval, master down time and lease from advbase and advskew. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "lib/proto/time.h"

namespace carp::proto {

inline constexpr uint8_t kSkewMax = 254;         // the largest that can be configured (C13)
inline constexpr uint8_t kSkewSuppressed = 240;  // while demoted (C85, D10)

// What an advertisement says about its sender: how often it comes.
struct Pace {
  uint8_t advbase = 1;  // seconds
  uint8_t advskew = 0;  // 1/256 seconds

  [[nodiscard]] friend constexpr bool operator==(const Pace&, const Pace&) noexcept = default;
};

// Both 255: the sender says goodbye (C84).
inline constexpr Pace kBowOut{255, 255};

// floor(advskew * 1000000 / 256) microseconds (C62).
[[nodiscard]] constexpr Duration skew_time(unsigned advskew) noexcept {
  return Duration(advskew * 1'000'000 / 256);
}

// By this time two hosts are compared (section 5.2): the lower is the better master.
[[nodiscard]] constexpr Duration election_time(Pace pace) noexcept {
  return std::chrono::seconds(pace.advbase) + skew_time(pace.advskew);
}

// Between two advertisements (C60); never 0: with both zero it is 1/256 s (C64, D12).
[[nodiscard]] constexpr Duration advert_interval(Pace pace) noexcept {
  return std::max(election_time(pace), skew_time(1));
}

// How long a BACKUP waits for the next one (C61); for advbase 0 OpenBSD's rule (C64, D12).
[[nodiscard]] constexpr Duration master_down_time(Pace pace) noexcept {
  if (pace.advbase == 0) return Duration(3 * std::max(pace.advskew, uint8_t{1}) * 1'000'000 / 256);
  return std::chrono::seconds(3 * pace.advbase) + skew_time(pace.advskew);
}

// How long workers may act as MASTER after an advertisement that was sent with `sent` (D4 rule 1):
// longer than an interval, shorter than any peer's master down time.
[[nodiscard]] constexpr Duration lease_time(Pace sent) noexcept {
  if (sent.advbase == 0) return Duration(27 * std::max(sent.advskew, uint8_t{1}) * 100'000 / 256);
  return Duration(int64_t{2'700'000} * sent.advbase);
}

}  // namespace carp::proto
