// SPDX-License-Identifier: BSD-3-Clause
//
// `show config`: what runs, console changes included, as carp.ini would say it (I3.4). Never a
// password. Pure.
#pragma once

#include <string>

#include "lib/control/show_input.h"

namespace carp::control {

[[nodiscard]] std::string config_text(const ShowInput& input);
// {"config":{"sysctl":{...},"interfaces":[{"name":"lan0",...}],"vhosts":[...],"workers":{...},...}}
[[nodiscard]] std::string config_json(const ShowInput& input);

}  // namespace carp::control
