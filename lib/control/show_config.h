// SPDX-License-Identifier: BSD-3-Clause
//
// `show config`: what runs, console changes included, as carp.ini would say it (I3.4). Never a
// password. Pure.
#pragma once

#include "lib/control/show_pieces.h"

namespace carp::control {

[[nodiscard]] Pieces config_text(const ShowInput& input);
// {"config":{"sysctl":{...},"interfaces":[{"name":"lan0",...}],"vhosts":[...],"workers":{...},...}}
[[nodiscard]] Pieces config_json(const ShowInput& input);

}  // namespace carp::control
