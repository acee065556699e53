// SPDX-License-Identifier: BSD-3-Clause
//
// The whole program, put together: from a configuration to a running loop and back to nothing.
#pragma once

#include "app/options.h"
#include "lib/control/config.h"

namespace carp::app {

// Runs until somebody asks to stop. Throws dpdk::StartError where it can't start.
void run_appliance(const Options& options, control::Config config);

// What --version and `show version` print, a line each.
[[nodiscard]] std::vector<std::string> versions();

}  // namespace carp::app
