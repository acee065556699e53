// SPDX-License-Identifier: BSD-3-Clause
//
// The documents of `show` as commands of DPDK's telemetry (I4.1): /carp/vhosts and so on. DPDK's
// threads ask control (inquiries) and wait; control writes a document of few entries, for that is
// all that an answer holds, and goes on.
#pragma once

#include "lib/control/inquiries.h"

namespace carp::control {

// Requires: the EAL runs; `inquiries` lives to the end of the program; called once.
void serve_telemetry(Inquiries& inquiries);

}  // namespace carp::control
