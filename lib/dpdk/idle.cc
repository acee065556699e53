// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/idle.h"

#include <rte_pause.h>
#include <sys/prctl.h>

#include <algorithm>
#include <ctime>
#include <limits>

namespace carp::dpdk {

using proto::Duration;
using proto::TimePoint;

Duration longest_sleep(Duration shortest_interval) noexcept {
  return std::min(shortest_interval / 16, kLongestSleep);
}

IdleStep idle_step(Idle idle, uint32_t empty_polls, Duration longest) noexcept {
  if (idle == Idle::poll || empty_polls == 0) return {};
  if (idle == Idle::sleep && empty_polls >= kEmptyPollsBeforeSleep) {
    // In steps up to the longest: a gap between two frames is not yet a quiet night.
    const uint32_t doublings = (empty_polls - kEmptyPollsBeforeSleep) / kPollsASleep;
    return {.sleep = std::min(Duration(int64_t{1} << std::min(doublings, 30U)), longest)};
  }
  return {.pauses = std::min(empty_polls, kMaxPauses)};
}

Duration control_pause(TimePoint now, TimePoint due, Duration longest) noexcept {
  if (due <= now + kControlPauseMin) return kControlPauseMin;
  return std::min(due - now, longest);
}

void sleep_exactly() noexcept { prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); }

void sleep_for(Duration duration) noexcept {
  const auto ns = std::chrono::nanoseconds(duration).count();
  const timespec time{ns / 1'000'000'000, ns % 1'000'000'000};
  nanosleep(&time, nullptr);
}

Idler::Idler(Idle idle) noexcept : idle_(idle) {
  if (idle == Idle::sleep) sleep_exactly();
}

void Idler::after_poll(bool had_work, Duration longest) noexcept {
  if (idle_ == Idle::poll) return;
  if (had_work) {
    empty_polls_ = 0;
  } else if (empty_polls_ < std::numeric_limits<uint32_t>::max()) {
    ++empty_polls_;
  }
  const IdleStep step = idle_step(idle_, empty_polls_, longest);
  for (uint32_t i = 0; i < step.pauses; ++i) rte_pause();
  if (step.sleep > Duration{0}) sleep_for(step.sleep);
}

}  // namespace carp::dpdk
