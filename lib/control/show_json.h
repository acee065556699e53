// SPDX-License-Identifier: BSD-3-Clause
//
// The topics of `show` as JSON documents, each on one line ended by \n; keys and types are those
// of interface.md, section 3, and more. What is not known or not set is null. Pure.
#pragma once

#include <string>

#include "lib/control/show_input.h"

namespace carp::control {

[[nodiscard]] std::string vhosts_json(const ShowInput& input);
[[nodiscard]] std::string interfaces_json(const ShowInput& input);
[[nodiscard]] std::string workers_json(const ShowInput& input);
[[nodiscard]] std::string peers_json(const ShowInput& input);
[[nodiscard]] std::string statistics_json(const ShowInput& input);
[[nodiscard]] std::string demotion_json(const ShowInput& input);
[[nodiscard]] std::string history_json(const ShowInput& input);
[[nodiscard]] std::string version_json(const ShowInput& input);

}  // namespace carp::control
