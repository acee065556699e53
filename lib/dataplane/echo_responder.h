// SPDX-License-Identifier: BSD-3-Clause
//
// ICMP echo (ping) for our own addresses in every state, for shared ones while we are MASTER
// (I7.1): so that an operator sees which host serves an address even without a host interface.
// All other IPv4 is named and dropped here. Pure; workers, per frame.
#pragma once

#include "lib/dataplane/classify.h"
#include "lib/dataplane/table.h"

namespace carp::dataplane {

// Decides on an IPv4 datagram that is no advertisement, received on `interface`. Requires: `link`
// and `datagram` were read from the same frame, `interface` is one of `table`.
[[nodiscard]] Reason answer_echo(const Link& link, const Datagram& datagram,
                                 const Interface& interface, const ForwardTable& table,
                                 Ticks now) noexcept;

}  // namespace carp::dataplane
