// SPDX-License-Identifier: BSD-3-Clause
//
// A virtual host as FreeBSD's ifconfig(8) prints a carp interface (I3.3). Pure.
#pragma once

#include <string>

#include "lib/control/engine.h"

namespace carp::control {

// Lines, each ended by \n. As on FreeBSD, without a vhid there is no line `carp:`.
[[nodiscard]] std::string ifconfig_block(const Engine& engine, const VhostEntry& entry);

}  // namespace carp::control
