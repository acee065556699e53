// SPDX-License-Identifier: BSD-3-Clause
//
// The decision for one frame: a pure function over its bytes and the table. Workers call it for
// every frame; the simulator and the fuzzers call the very same. Answers are written in place.
#pragma once

#include "lib/dataplane/reason.h"
#include "lib/dataplane/table.h"
#include "lib/net/bytes.h"

namespace carp::dataplane {

// Decides what becomes of `frame`, received on `port`. When verdict_of(reason) is transmit, the
// frame has become the answer, of the same length, for the same port. `now` is compared with the
// leases. Never reads or writes outside `frame`; drops and punts leave it unchanged.
[[nodiscard]] Reason process(net::Bytes frame, PortId port, const ForwardTable& table,
                             Ticks now) noexcept;

}  // namespace carp::dataplane
