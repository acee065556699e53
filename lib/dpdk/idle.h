// SPDX-License-Identifier: BSD-3-Clause
//
// How long the threads wait when nothing comes (I2.11): workers between two polls, control between
// two passes. What to do is decided by pure functions; `Idler` and `sleep_for` carry it out on the
// thread that calls them.
//
// With `sleep` the first frame after a silence waits for the worker to wake, at most an eighth of
// that silence and never more than kLongestSleep; an advertisement for control as well waits at
// most twice as long. Control wakes for its own deadlines in time.
#pragma once

#include <cstdint>

#include "lib/proto/time.h"

namespace carp::dpdk {

enum class Idle : uint8_t { poll, pause, sleep };

inline constexpr uint32_t kMaxPauses = 64;
inline constexpr uint32_t kEmptyPollsBeforeSleep = 64;
// A sleep is repeated so often before it doubles: the silence so far is then at least eight times
// as long.
inline constexpr uint32_t kPollsASleep = 8;
inline constexpr proto::Duration kLongestSleep = std::chrono::milliseconds(1);

// Control looks after its rings this often where it does not sleep ...
inline constexpr proto::Duration kControlPause{100};
// ... and where a deadline waits for somebody else, a worker's confirmation, this often.
inline constexpr proto::Duration kControlPauseMin{20};

// What a worker does before its next poll.
struct IdleStep {
  uint32_t pauses = 0;      // CPU pauses
  proto::Duration sleep{};  // 0: stay on the CPU
  [[nodiscard]] friend bool operator==(const IdleStep&, const IdleStep&) = default;
};

// The longest sleep in a group whose shortest advertisement interval is this. Worker and control
// together then sleep for an eighth of it at most, which no rule takes for a stall (D4): a gap in
// listening counts from a quarter of an interval on.
[[nodiscard]] proto::Duration longest_sleep(proto::Duration shortest_interval) noexcept;

// `empty_polls`: how many in a row, the last one included; 0 after one with work.
[[nodiscard]] IdleStep idle_step(Idle idle, uint32_t empty_polls, proto::Duration longest) noexcept;

// How long control waits after a pass at `now`. `due`: the engine's next deadline. `longest`: as
// for workers where it may sleep, else kControlPause.
[[nodiscard]] proto::Duration control_pause(proto::TimePoint now, proto::TimePoint due,
                                            proto::Duration longest) noexcept;

// Takes the slack from this thread's sleeps; else the kernel adds 50 us to each.
void sleep_exactly() noexcept;
// Returns early where a signal comes.
void sleep_for(proto::Duration duration) noexcept;

class Idler {
 public:
  explicit Idler(Idle idle) noexcept;
  // To be called after each poll.
  void after_poll(bool had_work, proto::Duration longest) noexcept;

 private:
  Idle idle_;
  uint32_t empty_polls_ = 0;
};

}  // namespace carp::dpdk
