// SPDX-License-Identifier: BSD-3-Clause
//
// Who may say what again: the replay memory and the clock in the counter of one virtual host and
// family (D11). The digest covers neither advskew nor time, so a recorded advertisement could hold
// a dead master's place for ever; the counter is ours to choose, so it carries a clock that all
// peers keep going without knowing it. Pure; control only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "lib/net/address.h"
#include "lib/proto/constant_sources.h"
#include "lib/proto/pair_memory.h"
#include "lib/proto/time.h"
#include "lib/proto/vhost_config.h"
#include "lib/proto/wire.h"

namespace carp::proto {

// The top 16 bits of a counter that carries a clock; the low 48 are milliseconds since 1970.
inline constexpr uint64_t kCounterTag = 0xca52;

// Whether `counter` is what the next true advertisement may carry after `latest`, the counter
// accepted or sent last for the same virtual host: a clock's next milliseconds, a BSD's plus one,
// or the same again from one that never changes it (rule 4). Decides nothing but who is verified
// first when there are too many: a tagged one that was heard before does not pass, and whoever
// invents one has to know what he is doing.
[[nodiscard]] bool continues(uint64_t latest, uint64_t counter) noexcept;

class ReplayGuard {
 public:
  enum class Verdict : uint8_t { accept, replay, loop };

  struct Clock {
    uint64_t unix_ms = 0;  // wall clock, read once at start
    TimePoint at;          // when it was read; monotonic from there
  };

  // `memory_bytes`: this host's share of the 16 MB (rule 3). `stored`: the highest tagged counter
  // of an earlier run (rule 5), which becomes the floor; ignored where it cannot be right.
  ReplayGuard(ReplayPolicy policy, Clock clock, size_t memory_bytes,
              std::optional<uint64_t> stored);

  // Two runs that begin with one stored counter, for the first ended before anything was stored,
  // say different things where this is random: `ms` more than the constructor put between (rule 5).
  void skip(uint64_t ms) noexcept { last_issued_ += last_issued_ == 0 ? 0 : ms; }

  // Judges a verified advertisement and remembers it where it is accepted (rules 2 to 6).
  [[nodiscard]] Verdict judge(const Advert& advert, TimePoint now);

  // The counter of the next advertisement (rule 1). Always grows.
  [[nodiscard]] uint64_t next_counter(TimePoint now);
  // Remembers what we signed, so that it is known as ours when it comes back (rule 6).
  void note_sent(uint64_t counter, const Digest& digest, TimePoint now);

  // True where `counter` is tagged and below the last one we sent: before yielding to it a MASTER
  // sends once more, so that the winner goes on from the higher value (rule 1).
  [[nodiscard]] bool is_behind(uint64_t counter, TimePoint now) const noexcept;
  // The highest tagged counter accepted or sent; kept over restarts (rule 5).
  [[nodiscard]] std::optional<uint64_t> highest() const noexcept { return highest_; }
  // The counter accepted or sent last. Before the first, one that a group whose clocks agree with
  // ours has just passed.
  [[nodiscard]] uint64_t latest() const noexcept { return latest_; }
  // Sources recognised as repeating one counter (rule 4); shown in `show peers`.
  [[nodiscard]] bool is_constant(net::Ipv4Address source) const noexcept {
    return constants_.is_recognised(source);
  }

  void set_policy(ReplayPolicy policy) noexcept { policy_ = policy; }

 private:
  [[nodiscard]] bool is_tagged(uint64_t counter, TimePoint now) const noexcept;
  [[nodiscard]] uint64_t clock_ms(TimePoint now) const noexcept;
  void remember(uint64_t counter, const Digest& digest, PairMemory::Known how, bool tagged,
                TimePoint now);

  ReplayPolicy policy_;
  Clock clock_;
  PairMemory memory_;
  ConstantSources constants_;
  std::optional<uint64_t> highest_;  // tagged; accepted or sent, ever
  uint64_t latest_ = 0;
  uint64_t stored_ms_ = 0;  // the time an earlier run had reached
  uint64_t last_issued_ = 0;
  uint64_t last_sent_ = 0;
};

}  // namespace carp::proto
