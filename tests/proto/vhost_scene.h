// SPDX-License-Identifier: BSD-3-Clause
//
// Virtual hosts brought to a state by real events, and what a step did to one in words, so that the
// tables of the vhost tests can be written by hand.
#pragma once

#include <string>

#include "lib/proto/vhost.h"

namespace carp::proto {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// When every scene begins: not 0, so that a forgotten `now` is seen.
inline constexpr TimePoint kBegin{std::chrono::hours(1)};

[[nodiscard]] Vhost init_vhost(Pace pace);
// Came to run at `since`.
[[nodiscard]] Vhost backup_vhost(Pace pace, TimePoint since = kBegin);
// Its master down timer ran off at `since`; the first advertisement has not left yet.
[[nodiscard]] Vhost master_vhost(Pace pace, TimePoint since = kBegin, bool demoted = false);

// What a step at `now` made of a virtual host:
//
//   MASTER (preempting a slower master) advertise announce timer=1390625 lease=2700000
//   stays reannounce
//
// Timer and lease are named where the step set them, in microseconds from `now`.
[[nodiscard]] std::string described(const Vhost& before, const Vhost& after, const Actions& actions,
                                    TimePoint now);

}  // namespace carp::proto
