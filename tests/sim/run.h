// SPDX-License-Identifier: BSD-3-Clause
//
// Runs scenarios: one and what became of it, a failing one with fewer and fewer faults, many on all
// cores.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "tests/sim/scenario.h"

namespace carp::sim {

struct Outcome {
  std::string broken;  // empty: all invariants held
  uint64_t hash = 0;   // of everything that happened
  proto::Duration time{0};
  std::vector<std::string> timeline;
};

[[nodiscard]] Outcome run(const Scenario& scenario, bool writes_timeline = false);

// Leaves out faults, hosts' peculiarities and foreign members as long as it still fails.
[[nodiscard]] Scenario shortest(Scenario failing);

// Seed, scenario, faults that are left, timeline: what a person needs.
[[nodiscard]] std::string report(const Scenario& failing);

struct Tally {
  uint64_t scenarios = 0;
  proto::Duration time{0};       // virtual
  std::vector<uint64_t> failed;  // seeds
};

// Runs seeds from `first` on, on all cores, until `more` says no or one fails.
[[nodiscard]] Tally run_many(uint64_t first, const std::function<bool(uint64_t done)>& more);

}  // namespace carp::sim
