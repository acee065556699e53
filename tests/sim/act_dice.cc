// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/act_dice.h"

#include <algorithm>

namespace carp::sim {
namespace {

using proto::Duration;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] std::string roll_name(Random& random, const Scenario& scenario) {
  return "carp" + std::to_string(random.below(scenario.groups.size()));
}

void roll_checks(Random& random, Scenario& scenario) {
  for (NodePlan& node : scenario.nodes) {
    if (random.chance(300)) continue;
    node.check.interval = seconds(random.between(1, 2));
    node.check.rise = static_cast<uint32_t>(random.between(1, 3));
    node.check.fall = static_cast<uint32_t>(random.between(1, 3));
    node.check.demotion = static_cast<int>(random.between(1, 240));
  }
}

// What of it makes no sense in this story becomes a switchover.
[[nodiscard]] Fault roll_act(Random& random, const Scenario& scenario) {
  Fault act{.kind = FaultKind::command};
  act.node = static_cast<uint8_t>(random.below(scenario.nodes.size()));
  act.lasts = random.between(milliseconds(1), longest_master_down(scenario) * 2);
  const uint64_t roll = random.below(5);
  if (roll == 0) {
    act.command = "maintenance on";
    act.undo = "maintenance off";
  } else if (roll == 1) {
    act.command = "ifconfig " + roll_name(random, scenario) + " destroy";
    act.undo = "reload";
  } else if (roll == 2 && scenario.nodes[act.node].check.interval > seconds(0)) {
    act.kind = FaultKind::service_failure;
  } else if (roll == 3 && scenario.transition > seconds(0)) {
    act.kind = FaultKind::rekey;
    act.value = static_cast<uint32_t>(random.between(1, 100));
    act.lasts = random.between(Duration(0), Duration(scenario.transition) * 3 / 4);
  } else {
    act.command =
        "switchover " + (random.chance(500) ? std::string("all") : roll_name(random, scenario));
  }
  return act;
}

}  // namespace

// Foreign members keep their password.
void roll_preparations(Random& random, Scenario& scenario) {
  if (scenario.peers.empty() && random.chance(200))
    scenario.transition = seconds(random.between(1, 10));
  if (random.chance(200)) roll_checks(random, scenario);
}

void roll_acts(Random& random, Scenario& scenario) {
  const int64_t count = random.chance(250) ? random.between(1, 3) : 0;
  for (int64_t i = 0; i < count; ++i) {
    Fault act = roll_act(random, scenario);
    act.lasts = std::min(act.lasts, scenario.faults_end / 2);
    act.at = random.between(Duration(0), scenario.faults_end - act.lasts);
    scenario.faults.push_back(std::move(act));
  }
  std::ranges::stable_sort(scenario.faults, {}, &Fault::at);
}

void plan_work(Random& random, Scenario& scenario) {
  scenario.is_planned_work = true;
  scenario.peers.clear();
  scenario.wire.loss = 0;
  scenario.faults.clear();
  scenario.transition = seconds(random.between(1, 6));
  if (random.chance(500)) roll_checks(random, scenario);
  const Duration settling = settling_time(scenario);
  Duration at = settling;
  for (const NodePlan& node : scenario.nodes) at = std::max(at, settling + node.boots_at);
  for (int64_t i = random.between(1, 4); i > 0; --i) {
    Fault act = roll_act(random, scenario);
    act.at = at;
    at = act.end() + settling;
    scenario.faults.push_back(std::move(act));
  }
  scenario.faults_end = at;
}

}  // namespace carp::sim
