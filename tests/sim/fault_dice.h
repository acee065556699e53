// SPDX-License-Identifier: BSD-3-Clause
//
// What goes wrong in a scenario whose hosts and groups are known.
#pragma once

#include <vector>

#include "tests/sim/random.h"
#include "tests/sim/scenario.h"

namespace carp::sim {

// Ascending by time; all of them are over when faults_end comes.
[[nodiscard]] std::vector<Fault> roll_faults(Random& random, const Scenario& scenario);

}  // namespace carp::sim
