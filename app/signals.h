// SPDX-License-Identifier: BSD-3-Clause
//
// SIGTERM and SIGINT stop in order, a second SIGINT at once, SIGHUP is told to the loop, SIGPIPE is
// nobody's end (I1.5). Handlers only set flags.
#pragma once

#include "lib/control/loop.h"

namespace carp::app {

// `requests` must live as long as the program.
void install_signal_handlers(control::Requests& requests);

}  // namespace carp::app
