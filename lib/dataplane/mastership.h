// SPDX-License-Identifier: BSD-3-Clause
//
// May this worker answer for a slot now? The one place where table and lease meet. Pure; workers,
// per answer.
#pragma once

#include "lib/dataplane/reason.h"
#include "lib/dataplane/table.h"

namespace carp::dataplane {

// `held` where we are the slot's MASTER with a lease (D4), else why we are silent.
struct Mastership {
  bool held;
  Reason silence;
};

[[nodiscard]] inline Mastership mastership_of(const Slot& slot, const ForwardTable& table,
                                              Ticks now) noexcept {
  const bool leased = table.leases().holds(slot.lease, now);
  return {slot.master && leased, slot.master ? Reason::lease_lapsed : Reason::not_master};
}

}  // namespace carp::dataplane
