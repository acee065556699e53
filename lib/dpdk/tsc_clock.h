// SPDX-License-Identifier: BSD-3-Clause
//
// The two clocks. Control thinks in CLOCK_BOOTTIME (D21); workers compare leases with the
// processor's time stamp counter, since reading it costs them next to nothing. A deadline is
// converted at the moment it is written to a lease, from both clocks as they stand then, so the
// two never drift apart by more than one lease's length is worth. Any thread, after Eal.
#pragma once

#include "lib/dataplane/lease.h"
#include "lib/proto/time.h"

namespace carp::dpdk {

// CLOCK_BOOTTIME: monotonic, never steps, counts suspend.
[[nodiscard]] proto::TimePoint boot_now() noexcept;

// The time stamp counter, and how many ticks it makes in a second.
[[nodiscard]] dataplane::Ticks ticks_now() noexcept;
[[nodiscard]] uint64_t ticks_per_second() noexcept;

// How long so many ticks are.
[[nodiscard]] proto::Duration time_of(dataplane::Ticks ticks) noexcept;

// `deadline` in ticks, for LeaseBoard::set.
[[nodiscard]] dataplane::Ticks ticks_at(proto::TimePoint deadline) noexcept;

// Both clocks at one moment.
struct ClockAnchor {
  proto::TimePoint now;
  dataplane::Ticks ticks = 0;
  uint64_t ticks_per_second = 1;
};

// The same as a pure function. Saturates at both ends: kNever becomes the last tick of all, a
// deadline from before the counter began becomes 0.
[[nodiscard]] dataplane::Ticks to_ticks(const ClockAnchor& anchor,
                                        proto::TimePoint deadline) noexcept;

}  // namespace carp::dpdk
