// SPDX-License-Identifier: BSD-3-Clause
//
// One interface's membership of the CARP group as IGMP wants it told (RFC 3376, I6.5): unasked when
// the link comes up, and in answer to queries. Switches that snoop send the group where they heard
// so. Plain data, two timers, time and chance come in as arguments. Pure; control only.
//
// A member that hears another's report may keep silent in the older versions. This one does not: a
// snooping switch wants to hear somebody on each port.
#pragma once

#include <algorithm>
#include <optional>
#include <random>

#include "lib/proto/igmp.h"
#include "lib/proto/time.h"

namespace carp::proto {

struct Membership {
  bool is_member = false;                    // the link is up, and we have not left
  int changes_to_tell = 0;                   // how often `joined` is still to be said
  TimePoint change_at = kNever;              // when next
  TimePoint answer_at = kNever;              // to the queries heard
  TimePoint quiet_until = TimePoint::min();  // however many ask
  TimePoint v1_until = TimePoint::min();     // a querier of that version is about
  TimePoint v2_until = TimePoint::min();
};

using Random = std::mt19937_64;

// Which version is spoken now: the oldest of the queriers heard lately (RFC 3376, section 7.2.1).
[[nodiscard]] IgmpVersion version_of(const Membership& membership, TimePoint now);

// The link came up: whatever switch is there now has not heard of us.
void join(Membership& membership, TimePoint now);

// The link is lost: nobody can be told anything.
void lose_link(Membership& membership);

// The program ends. What to say, where there is a word for it.
[[nodiscard]] std::optional<Word> leave(Membership& membership, TimePoint now);

void on_query(Membership& membership, const Query& query, TimePoint now, Random& random);

// When `due_word` wants to be asked: looked at for every interface in every pass.
[[nodiscard]] inline TimePoint next_deadline(const Membership& membership) noexcept {
  return std::min(membership.change_at, membership.answer_at);
}

// What is to be said now; nothing before the deadline. The caller says it.
[[nodiscard]] std::optional<Word> due_word(Membership& membership, TimePoint now, Random& random);

}  // namespace carp::proto
