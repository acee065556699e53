// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/replay.h"

#include <algorithm>

namespace carp::proto {
namespace {

constexpr int kTagShift = 48;
constexpr uint64_t kTimeMask = (uint64_t{1} << kTagShift) - 1;
constexpr uint64_t kTenYearsMs = 315'576'000'000;
// 2026-01-01: a clock that says less was never set.
constexpr uint64_t kClockWasSetMs = 1'767'225'600'000;
// A stored counter is that old at most (rule 5): so many more may have been used since, one for
// each millisecond or, while ours runs ahead of our clock, one for each advertisement.
constexpr uint64_t kStoredAgeMs = 60'000;
// Half of what 48 bits hold (the year 6429): no clock and no stored counter may be beyond it, so
// raising by one, and by ten years, never reaches the tag.
constexpr uint64_t kLatestMs = uint64_t{1} << (kTagShift - 1);
// How far the next counter may be ahead of the last: 70 minutes. A member that restarts skips up to
// 19 (rule 5); a group that was silent for longer is verified with the strangers, once.
constexpr uint64_t kAheadAtMost = uint64_t{1} << 22;

[[nodiscard]] constexpr bool has_tag(uint64_t counter) noexcept {
  return counter >> kTagShift == kCounterTag;
}
[[nodiscard]] constexpr uint64_t time_of(uint64_t counter) noexcept { return counter & kTimeMask; }
[[nodiscard]] constexpr uint64_t tagged(uint64_t ms) noexcept {
  return kCounterTag << kTagShift | ms;
}

// A stored counter far ahead of a clock that was set is damage, or from a day when the clock was
// wrong. Far ahead of a clock that was never set it is the best clock there is.
[[nodiscard]] std::optional<uint64_t> believable(std::optional<uint64_t> stored,
                                                 uint64_t clock_ms) noexcept {
  if (!stored || !has_tag(*stored) || time_of(*stored) > kLatestMs) return std::nullopt;
  if (clock_ms >= kClockWasSetMs && time_of(*stored) > clock_ms + kTenYearsMs) return std::nullopt;
  return stored;
}

// Before anything was heard: half of the way that `continues` looks ahead lies behind our clock, so
// that clocks may differ by half an hour either way.
[[nodiscard]] uint64_t first_latest(uint64_t clock_ms, std::optional<uint64_t> highest) noexcept {
  const uint64_t behind = tagged(clock_ms - std::min(clock_ms, kAheadAtMost / 2));
  return std::max(behind, highest.value_or(0));
}

}  // namespace

bool continues(uint64_t latest, uint64_t counter) noexcept {
  if (counter == latest) return !has_tag(counter);
  return counter - latest <= kAheadAtMost;  // modulo 2^64: an untagged one may pass the end
}

ReplayGuard::ReplayGuard(ReplayPolicy policy, Clock clock, size_t memory_bytes,
                         std::optional<uint64_t> stored)
    : policy_(policy),
      clock_{std::min(clock.unix_ms, kLatestMs), clock.at},
      memory_(memory_bytes, believable(stored, clock_.unix_ms)),
      highest_(memory_.floor()),
      latest_(first_latest(clock_.unix_ms, highest_)),
      stored_ms_(time_of(highest_.value_or(0))),
      last_issued_(highest_ ? *highest_ + kStoredAgeMs : 0) {}

ReplayGuard::Verdict ReplayGuard::judge(const Advert& advert, TimePoint now) {
  memory_.expire(now);
  const PairMemory::Known known = memory_.find(advert.counter, advert.digest);
  if (known == PairMemory::Known::sent) return Verdict::loop;  // rule 6
  const bool is_new = known == PairMemory::Known::no;
  const bool tagged = is_tagged(advert.counter, now);
  // A tagged pair comes once (rule 2); an untagged one by rules 3 and 4.
  const bool passes = tagged ? is_new && advert.counter > memory_.floor().value_or(0)
                             : constants_.admit(advert, is_new, now);
  if (!passes && policy_ == ReplayPolicy::window) return Verdict::replay;
  remember(advert.counter, advert.digest, PairMemory::Known::accepted, tagged, now);
  return Verdict::accept;
}

uint64_t ReplayGuard::next_counter(TimePoint now) {
  const uint64_t above = std::max(highest_.value_or(0), last_issued_) + 1;
  last_issued_ = std::max(tagged(clock_ms(now)), above);
  return last_issued_;
}

void ReplayGuard::note_sent(uint64_t counter, const Digest& digest, TimePoint now) {
  last_sent_ = counter;
  remember(counter, digest, PairMemory::Known::sent, has_tag(counter), now);
}

bool ReplayGuard::is_behind(uint64_t counter, TimePoint now) const noexcept {
  return counter < last_sent_ && is_tagged(counter, now);
}

// Rule 2. "Our clock" is at least what an earlier run had reached: a host whose clock starts in
// 1970 still goes by the group's. There is no lower limit, or an old recording would be taken for
// an untagged one and pass below the floor; and the highest counter heard sets no upper one, or one
// recorded in 1970 would make all others untagged.
bool ReplayGuard::is_tagged(uint64_t counter, TimePoint now) const noexcept {
  return has_tag(counter) && time_of(counter) <= std::max(clock_ms(now), stored_ms_) + kTenYearsMs;
}

uint64_t ReplayGuard::clock_ms(TimePoint now) const noexcept {
  const Duration since = std::max(now - clock_.at, Duration{0});
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(since);
  return std::min(clock_.unix_ms + static_cast<uint64_t>(passed.count()), kLatestMs);
}

void ReplayGuard::remember(uint64_t counter, const Digest& digest, PairMemory::Known how,
                           bool tagged, TimePoint now) {
  latest_ = counter;
  if (tagged) highest_ = std::max(highest_.value_or(0), counter);
  memory_.insert(counter, digest, how, highest_, now);
}

}  // namespace carp::proto
