// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/tsc_clock.h"

#include <rte_cycles.h>

#include <ctime>
#include <limits>

namespace carp::dpdk {
namespace {

constexpr dataplane::Ticks kLastTick = std::numeric_limits<dataplane::Ticks>::max();
constexpr uint64_t kUsPerSecond = 1'000'000;

// Whole seconds apart from the rest: the product of all microseconds would not fit.
[[nodiscard]] dataplane::Ticks ticks_in(uint64_t us, uint64_t hz) noexcept {
  const uint64_t seconds = us / kUsPerSecond;
  if (seconds >= kLastTick / hz) return kLastTick;
  return seconds * hz + us % kUsPerSecond * hz / kUsPerSecond;
}

}  // namespace

proto::TimePoint boot_now() noexcept {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return proto::TimePoint(
      std::chrono::seconds(now.tv_sec) +
      std::chrono::duration_cast<proto::Duration>(std::chrono::nanoseconds(now.tv_nsec)));
}

dataplane::Ticks ticks_now() noexcept { return rte_rdtsc(); }

uint64_t ticks_per_second() noexcept { return rte_get_tsc_hz(); }

proto::Duration time_of(dataplane::Ticks ticks) noexcept {
  const uint64_t hz = ticks_per_second();
  return proto::Duration(
      static_cast<int64_t>(ticks / hz * kUsPerSecond + ticks % hz * kUsPerSecond / hz));
}

dataplane::Ticks ticks_at(proto::TimePoint deadline) noexcept {
  // The counter first: a stall between the two readings then shortens the lease. The other way
  // round it would make it longer than the peer allows for.
  const dataplane::Ticks ticks = ticks_now();
  return to_ticks({boot_now(), ticks, ticks_per_second()}, deadline);
}

dataplane::Ticks to_ticks(const ClockAnchor& anchor, proto::TimePoint deadline) noexcept {
  if (deadline == proto::kNever) return kLastTick;
  if (deadline >= anchor.now) {
    const auto ahead = static_cast<uint64_t>((deadline - anchor.now).count());
    const dataplane::Ticks ticks = ticks_in(ahead, anchor.ticks_per_second);
    return ticks > kLastTick - anchor.ticks ? kLastTick : anchor.ticks + ticks;
  }
  const auto behind = static_cast<uint64_t>((anchor.now - deadline).count());
  const dataplane::Ticks ticks = ticks_in(behind, anchor.ticks_per_second);
  return ticks > anchor.ticks ? 0 : anchor.ticks - ticks;
}

}  // namespace carp::dpdk
