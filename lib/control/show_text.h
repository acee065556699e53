// SPDX-License-Identifier: BSD-3-Clause
//
// The topics of `show` as tables for people (I3.4). Pure.
#pragma once

#include "lib/control/show_pieces.h"

namespace carp::control {

[[nodiscard]] Pieces vhosts_text(const ShowInput& input);
[[nodiscard]] Pieces interfaces_text(const ShowInput& input);
[[nodiscard]] Pieces workers_text(const ShowInput& input);
[[nodiscard]] Pieces peers_text(const ShowInput& input);
[[nodiscard]] Pieces statistics_text(const ShowInput& input);
[[nodiscard]] Pieces demotion_text(const ShowInput& input);
[[nodiscard]] Pieces history_text(const ShowInput& input);
[[nodiscard]] Pieces version_text(const ShowInput& input);

}  // namespace carp::control
