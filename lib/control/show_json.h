// SPDX-License-Identifier: BSD-3-Clause
//
// The topics of `show` as JSON documents, each on one line ended by \n; keys and types are those
// of interface.md, section 3, and more. What is not known or not set is null. Pure.
#pragma once

#include "lib/control/show_pieces.h"

namespace carp::control {

[[nodiscard]] Pieces vhosts_json(const ShowInput& input);
[[nodiscard]] Pieces interfaces_json(const ShowInput& input);
[[nodiscard]] Pieces workers_json(const ShowInput& input);
[[nodiscard]] Pieces peers_json(const ShowInput& input);
[[nodiscard]] Pieces statistics_json(const ShowInput& input);
[[nodiscard]] Pieces demotion_json(const ShowInput& input);
[[nodiscard]] Pieces history_json(const ShowInput& input);
[[nodiscard]] Pieces version_json(const ShowInput& input);

}  // namespace carp::control
