// SPDX-License-Identifier: BSD-3-Clause
//
// The topics of `show` as tables for people (I3.4). Pure.
#pragma once

#include <string>

#include "lib/control/show_input.h"

namespace carp::control {

[[nodiscard]] std::string vhosts_text(const ShowInput& input);
[[nodiscard]] std::string interfaces_text(const ShowInput& input);
[[nodiscard]] std::string workers_text(const ShowInput& input);
[[nodiscard]] std::string peers_text(const ShowInput& input);
[[nodiscard]] std::string statistics_text(const ShowInput& input);
[[nodiscard]] std::string demotion_text(const ShowInput& input);
[[nodiscard]] std::string history_text(const ShowInput& input);
[[nodiscard]] std::string version_text(const ShowInput& input);

}  // namespace carp::control
