// SPDX-License-Identifier: BSD-3-Clause
//
// Who gets an answer to which ARP packet, and the answer. A request for one of our addresses
// becomes the reply in place; the straight line through `answer_arp` is the program's hot path.
// Pure; workers, per frame.
#pragma once

#include "lib/dataplane/classify.h"
#include "lib/dataplane/table.h"

namespace carp::dataplane {

// Decides on the ARP packet at `payload` of `frame`, received on `interface`. Requires: `payload`
// was read from `frame` (Link), `interface` is one of `table`.
[[nodiscard]] Reason answer_arp(net::Bytes frame, size_t payload, const Interface& interface,
                                const ForwardTable& table, Ticks now) noexcept;

}  // namespace carp::dataplane
