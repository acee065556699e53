// SPDX-License-Identifier: BSD-3-Clause
//
// The (counter, digest) pairs accepted or sent in the last 24 hours, as 32-bit fingerprints within
// a fixed budget of memory (D11 rule 3). Kept in spans of time, each a small hash set; the oldest
// span is forgotten first, and its highest counter becomes the floor, so that no pair falls
// between memory and floor. Pure; control only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/proto/time.h"
#include "lib/proto/wire.h"

namespace carp::proto {

// How long a pair is remembered where the budget allows; spans end hourly, so up to an hour more.
inline constexpr Duration kMemoryTime = std::chrono::hours(24);

class PairMemory {
 public:
  enum class Known : uint8_t { no, accepted, sent };

  static constexpr size_t kBudgetMin = 2048;

  // A budget below kBudgetMin is raised to it. `floor`: the highest counter of an earlier run.
  PairMemory(size_t budget_bytes, std::optional<uint64_t> floor);

  // One probe a span, at most 32.
  [[nodiscard]] Known find(uint64_t counter, const Digest& digest) const noexcept;
  // `highest`: the highest tagged counter accepted or sent so far, this one included, if any.
  // Requires: how is not `no`; now never goes back.
  void insert(uint64_t counter, const Digest& digest, Known how, std::optional<uint64_t> highest,
              TimePoint now);
  // Forgets spans that ended 24 hours ago.
  void expire(TimePoint now);

  // The highest tagged counter of the time before the memory begins (rule 2); nothing while
  // nothing is known.
  [[nodiscard]] std::optional<uint64_t> floor() const noexcept { return floor_; }
  // Never above the budget.
  [[nodiscard]] size_t memory_bytes() const noexcept;

 private:
  // Pairs of at most an hour. It never grows: a full one is followed by a larger one, so that
  // adding a pair never moves others.
  struct Span {
    TimePoint begin;
    TimePoint end;                    // of the last insertion
    std::optional<uint64_t> highest;  // at its end
    std::vector<uint32_t> cells;      // open addressing, at most half full; 0 is free
    size_t used = 0;

    [[nodiscard]] bool is_full() const noexcept { return used * 2 >= cells.size(); }
  };
  // Where a pair lies in every span, and what lies there.
  struct Mark {
    uint32_t home = 0;         // as a fraction of the cells
    uint32_t fingerprint = 0;  // not 0; the top bit is left for `sent`
  };

  [[nodiscard]] static Mark mark_of(uint64_t counter, const Digest& digest) noexcept;
  [[nodiscard]] static size_t find_cell(const Span& span, Mark mark) noexcept;
  void open_span(TimePoint now);
  void forget_oldest();

  size_t spans_max_;       // the budget's share for lists of spans is set aside at once
  size_t cells_max_;       // of all spans together
  size_t span_cells_max_;  // of one
  size_t cells_ = 0;       // of all spans now
  std::optional<uint64_t> floor_;
  std::vector<Span> spans_;  // oldest first
};

}  // namespace carp::proto
