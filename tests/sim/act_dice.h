// SPDX-License-Identifier: BSD-3-Clause
//
// What administrators do on purpose, and services that fail: acts among the faults of a story, or
// stories in which nothing else happens, so that they have no excuse for anything.
#pragma once

#include "tests/sim/random.h"
#include "tests/sim/scenario.h"

namespace carp::sim {

// Health checks and a transition for some stories. Requires: groups and foreign members are known.
void roll_preparations(Random& random, Scenario& scenario);
// Requires: faults_end is known.
void roll_acts(Random& random, Scenario& scenario);
// Turns the story into one of acts alone, each with time to settle before and after it.
void plan_work(Random& random, Scenario& scenario);

}  // namespace carp::sim
