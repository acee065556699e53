// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/port_watch.h"

#include <algorithm>
#include <utility>

namespace carp::control {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A longer gap between two passes is control's own stall, not the workers'.
constexpr proto::Duration kPassAtMost = milliseconds(20);
// Polling that long without a stall ends one (D4 rule 4).
constexpr proto::Duration kSteady = seconds(3);

}  // namespace

// No pass alone uses up the patience with workers, which is short in a sub-second group.
void PortWatch::begin_pass(proto::Duration gap) {
  silent_ += std::min({gap, kPassAtMost, limit_ / 2});
}

proto::Duration PortWatch::on_poll(proto::TimePoint now) {
  const proto::Duration gap = now - listened_at_;
  listened_at_ = now;
  silent_ = proto::Duration{0};
  return gap;
}

bool PortWatch::judge(proto::TimePoint now) {
  const bool silent = silent_ > limit_;
  if (silent) steady_since_ = now;
  const bool stalled = silent || (stalled_ && now - steady_since_ < kSteady);
  return std::exchange(stalled_, stalled) != stalled;
}

}  // namespace carp::control
