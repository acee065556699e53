// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/membership.h"

#include <algorithm>

namespace carp::proto {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// RFC 3376, section 8, and RFC 2236, section 8: the defaults.
constexpr int kRobustness = 2;
constexpr Duration kQueryInterval = seconds(125);
constexpr Duration kUnsolicitedInterval = seconds(1);
constexpr Duration kUnsolicitedIntervalOlder = seconds(10);
// Who asks without end is answered ten times a second.
constexpr Duration kAnswerPause = milliseconds(100);

// From (0, at_most], so that never all members speak at once.
[[nodiscard]] Duration delay(Duration at_most, Random& random) {
  if (at_most <= Duration(0)) return Duration(0);
  return Duration(std::uniform_int_distribution<Duration::rep>(1, at_most.count())(random));
}

// Changing the version ends what was under way; the query that changed it is answered anyway.
void note_version(Membership& membership, const Query& query, TimePoint now) {
  const IgmpVersion before = version_of(membership, now);
  const TimePoint until = now + kRobustness * kQueryInterval + query.max_response;
  if (query.version == IgmpVersion::v1) membership.v1_until = until;
  if (query.version == IgmpVersion::v2) membership.v2_until = until;
  if (version_of(membership, now) == before) return;
  membership.changes_to_tell = 0;
  membership.change_at = membership.answer_at = kNever;
}

}  // namespace

IgmpVersion version_of(const Membership& membership, TimePoint now) {
  if (now < membership.v1_until) return IgmpVersion::v1;
  if (now < membership.v2_until) return IgmpVersion::v2;
  return IgmpVersion::v3;
}

void join(Membership& membership, TimePoint now) {
  membership.is_member = true;
  membership.changes_to_tell = kRobustness;
  membership.change_at = now;
}

void lose_link(Membership& membership) {
  membership.is_member = false;
  membership.changes_to_tell = 0;
  membership.change_at = membership.answer_at = kNever;
}

std::optional<Word> leave(Membership& membership, TimePoint now) {
  const bool was_member = membership.is_member;
  lose_link(membership);
  if (!was_member || version_of(membership, now) == IgmpVersion::v1) return std::nullopt;
  return Word::left;
}

// RFC 3376, section 5.2. With one group all answers are the same: the earliest serves them all. A
// query about some sources gets it as well, for we take the group from everybody.
void on_query(Membership& membership, const Query& query, TimePoint now, Random& random) {
  if (!membership.is_member) return;
  if (query.is_general) note_version(membership, query, now);
  const TimePoint answer_at = now + delay(query.max_response, random);
  membership.answer_at =
      std::max(std::min(membership.answer_at, answer_at), membership.quiet_until);
}

std::optional<Word> due_word(Membership& membership, TimePoint now, Random& random) {
  if (now < next_deadline(membership)) return std::nullopt;
  membership.quiet_until = now + kAnswerPause;
  if (now < membership.change_at) {
    membership.answer_at = kNever;
    return Word::member;
  }
  const bool older = version_of(membership, now) != IgmpVersion::v3;
  const Duration interval = older ? kUnsolicitedIntervalOlder : kUnsolicitedInterval;
  --membership.changes_to_tell;
  membership.change_at = membership.changes_to_tell > 0 ? now + delay(interval, random) : kNever;
  return Word::joined;
}

}  // namespace carp::proto
