// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/idle.h"

#include <rte_pause.h>
#include <sys/prctl.h>

#include <algorithm>
#include <ctime>
#include <limits>

namespace carp::dpdk {

IdleStep idle_step(Idle idle, uint32_t empty_polls) noexcept {
  if (idle == Idle::poll || empty_polls == 0) return {};
  if (idle == Idle::sleep && empty_polls >= kEmptyPollsBeforeSleep) {
    // Slowly up to the longest sleep: a gap between two frames is not yet a quiet night.
    return {.sleep_us = std::min(empty_polls - kEmptyPollsBeforeSleep + 1, kMaxSleepUs)};
  }
  return {.pauses = std::min(empty_polls, kMaxPauses)};
}

Idler::Idler(Idle idle) noexcept : idle_(idle) {
  if (idle == Idle::sleep) prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

void Idler::after_poll(bool had_work) noexcept {
  if (idle_ == Idle::poll) return;
  if (had_work) {
    empty_polls_ = 0;
  } else if (empty_polls_ < std::numeric_limits<uint32_t>::max()) {
    ++empty_polls_;
  }
  const IdleStep step = idle_step(idle_, empty_polls_);
  for (uint32_t i = 0; i < step.pauses; ++i) rte_pause();
  if (step.sleep_us == 0) return;
  const timespec duration{0, static_cast<long>(step.sleep_us) * 1000};
  // A signal may cut it short: then the next poll comes early.
  nanosleep(&duration, nullptr);
}

}  // namespace carp::dpdk
