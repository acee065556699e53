// SPDX-License-Identifier: BSD-3-Clause
//
// What a worker does between two polls when nothing comes (I2.11). The step is a pure function of
// how many polls in a row were empty; `Idler` carries it out on the worker's thread.
#pragma once

#include <cstdint>

namespace carp::dpdk {

enum class Idle : uint8_t { poll, pause, sleep };

inline constexpr uint32_t kMaxPauses = 64;
inline constexpr uint32_t kMaxSleepUs = 50;
inline constexpr uint32_t kEmptyPollsBeforeSleep = 256;

// What to do before the next poll.
struct IdleStep {
  uint32_t pauses = 0;    // CPU pauses
  uint32_t sleep_us = 0;  // 0: stay on the CPU
  [[nodiscard]] friend bool operator==(const IdleStep&, const IdleStep&) = default;
};

// `empty_polls`: how many in a row, the last one included; 0 after one with work.
[[nodiscard]] IdleStep idle_step(Idle idle, uint32_t empty_polls) noexcept;

class Idler {
 public:
  // Shortens the kernel's timer slack for this thread, or each sleep would last twice as long.
  explicit Idler(Idle idle) noexcept;
  // To be called after each poll.
  void after_poll(bool had_work) noexcept;

 private:
  Idle idle_;
  uint32_t empty_polls_ = 0;
};

}  // namespace carp::dpdk
