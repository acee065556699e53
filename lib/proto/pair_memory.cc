// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/pair_memory.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace carp::proto {
namespace {

constexpr Duration kSpanTime = std::chrono::hours(1);
constexpr size_t kSpansMax = 32;         // 25 of one hour and the small ones of the first minutes
constexpr size_t kSpansOfFullSize = 24;  // when it is the budget that ends spans, not the hour
constexpr size_t kSpansMin = 4;          // so that forgetting one leaves most of a small memory
constexpr size_t kSpanBytesMin = 512;
constexpr size_t kCellsAtFirst = 64;
constexpr size_t kGrowth = 4;  // a memory of any size is reached in few small spans

constexpr uint32_t kSentBit = 0x8000'0000;

}  // namespace

PairMemory::PairMemory(size_t budget_bytes, std::optional<uint64_t> floor) : floor_(floor) {
  const size_t budget = std::max(budget_bytes, kBudgetMin);
  spans_max_ = std::clamp(budget / kSpanBytesMin, kSpansMin, kSpansMax);
  cells_max_ = (budget - spans_max_ * sizeof(Span)) / sizeof(uint32_t);
  span_cells_max_ = cells_max_ / std::min(spans_max_, kSpansOfFullSize);
}

PairMemory::Known PairMemory::find(uint64_t counter, const Digest& digest) const noexcept {
  const Mark mark = mark_of(counter, digest);
  // The newest first: what comes back usually does so at once.
  for (auto span = spans_.rbegin(); span != spans_.rend(); ++span) {
    const uint32_t cell = span->cells[find_cell(*span, mark)];
    if (cell != 0) return (cell & kSentBit) != 0 ? Known::sent : Known::accepted;
  }
  return Known::no;
}

void PairMemory::insert(uint64_t counter, const Digest& digest, Known how,
                        std::optional<uint64_t> highest, TimePoint now) {
  assert(how != Known::no);
  expire(now);
  if (spans_.empty() || spans_.back().is_full() || now - spans_.back().begin >= kSpanTime) {
    open_span(now);
  }
  Span& span = spans_.back();
  span.end = now;
  span.highest = highest;
  const Mark mark = mark_of(counter, digest);
  uint32_t& cell = span.cells[find_cell(span, mark)];
  // A source that repeats one pair (rule 4) takes one cell a span.
  if (cell == 0) ++span.used;
  cell = mark.fingerprint | (how == Known::sent ? kSentBit : 0);
}

void PairMemory::expire(TimePoint now) {
  while (!spans_.empty() && now - spans_.front().end >= kMemoryTime) forget_oldest();
}

size_t PairMemory::memory_bytes() const noexcept {
  return spans_.capacity() * sizeof(Span) + cells_ * sizeof(uint32_t);
}

// The digest is the output of an HMAC, so its bytes are uniform and nobody without the key can
// choose where a pair lies. Place and fingerprint come from different bytes: two pairs are taken
// for one only where 31 bits agree and one lies within a few cells of the other.
PairMemory::Mark PairMemory::mark_of(uint64_t counter, const Digest& digest) noexcept {
  uint64_t bits;
  std::memcpy(&bits, digest.data(), sizeof bits);
  bits += counter;
  const auto fingerprint = static_cast<uint32_t>(bits) & ~kSentBit;
  return {static_cast<uint32_t>(bits >> 32), std::max(fingerprint, uint32_t{1})};
}

// The cell that holds the pair, or else the free one where it belongs. There always is a free
// one, since no span is ever more than half full.
size_t PairMemory::find_cell(const Span& span, Mark mark) noexcept {
  size_t at = uint64_t{mark.home} * span.cells.size() >> 32;
  while (span.cells[at] != 0 && (span.cells[at] & ~kSentBit) != mark.fingerprint) {
    if (++at == span.cells.size()) at = 0;
  }
  return at;
}

// The next span is sized by the last: larger after one that filled up, and as large as an hour
// needed after one that the hour ended.
void PairMemory::open_span(TimePoint now) {
  size_t cells = kCellsAtFirst;
  if (!spans_.empty()) {
    const Span& last = spans_.back();
    cells = last.is_full() ? last.cells.size() * kGrowth : last.used * 3;
  }
  cells = std::clamp(cells, std::min(kCellsAtFirst, span_cells_max_), span_cells_max_);
  while (spans_.size() == spans_max_ || cells_ + cells > cells_max_) forget_oldest();
  spans_.reserve(spans_max_);  // never more, so the list never outgrows its share
  spans_.push_back({.begin = now,
                    .end = now,
                    .highest = std::nullopt,
                    .cells = std::vector<uint32_t>(cells),
                    .used = 0});
  cells_ += cells;
}

void PairMemory::forget_oldest() {
  const Span& oldest = spans_.front();
  if (oldest.highest) floor_ = std::max(floor_.value_or(0), *oldest.highest);
  cells_ -= oldest.cells.size();
  spans_.erase(spans_.begin());
}

}  // namespace carp::proto
