// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/punt_reader.h"

#include <algorithm>
#include <utility>

namespace carp::control {
namespace {

using proto::TimePoint;

// Bounds of one pass, so that no flood makes timers wait.
// Of all workers together; a digest takes about a microsecond, so an advertisement of ours that is
// due waits for less than one of its milliseconds.
constexpr size_t kAdvertsAPass = 256;
constexpr size_t kUnexpectedAPass = 128;
constexpr size_t kInvalidAPass = 16;  // no digest, but a note for `show peers`
constexpr size_t kConflictsAPass = 32;
constexpr size_t kQueriesAPass = 16;

}  // namespace

// What continues a group's counters before what does not: so the order is by what a digest will
// most probably say (docs/design.md, "Storms").
void PuntReader::read(TimePoint now, Outbox& out) {
  const bool after_gap = now - std::exchange(last_read_, now) > gap_;
  const dpdk::OnPunt on_advert = [&](auto port, net::ConstBytes frame) {
    engine_.on_advert_frame(port, frame, now, out);
  };
  const dpdk::OnPunt on_conflict = [&](auto port, net::ConstBytes frame) {
    engine_.on_conflict_frame(port, frame, now, out);
  };
  const dpdk::OnPunt on_query = [&](auto port, net::ConstBytes frame) {
    engine_.on_query_frame(port, frame, now);
  };
  const size_t adverts = share_of(kAdvertsAPass, after_gap);
  const size_t unexpected = share_of(kUnexpectedAPass, after_gap);
  has_more_ = false;
  for (const auto& mailbox : runtime_.mailboxes()) {
    has_more_ |= mailbox->take_adverts(adverts, on_advert) == adverts;
    has_more_ |= mailbox->take_unexpected(unexpected, on_advert) == unexpected;
    (void)mailbox->take_invalid(share_of(kInvalidAPass, false), on_advert);
    (void)mailbox->take_conflicts(share_of(kConflictsAPass, false), on_conflict);
    (void)mailbox->take_queries(share_of(kQueriesAPass, false), on_query);
  }
}

// What one worker may have of a pass. After a stall all that lies in its rings, before anybody is
// taken to have timed out (D4 rule 3).
size_t PuntReader::share_of(size_t a_pass, bool after_gap) const {
  if (after_gap) return dpdk::kPuntsAtMost;
  return std::max(a_pass / runtime_.mailboxes().size(), size_t{1});
}

}  // namespace carp::control
