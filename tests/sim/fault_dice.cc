// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/fault_dice.h"

#include <algorithm>
#include <array>
#include <span>

namespace carp::sim {
namespace {

using proto::Duration;
using std::chrono::milliseconds;

// Two masters are forbidden at any moment while nothing else goes wrong: half of all scenarios
// hold the appliance to that.
constexpr std::array kSilentFaults = {
    FaultKind::crash,        FaultKind::crash,  FaultKind::stop,   FaultKind::control_stall,
    FaultKind::freeze,       FaultKind::freeze, FaultKind::replay, FaultKind::reskew,
    FaultKind::worker_stall, FaultKind::forge,  FaultKind::corrupt};
constexpr std::array kAllFaults = {
    FaultKind::crash,        FaultKind::stop,    FaultKind::link_down,
    FaultKind::link_down,    FaultKind::cut,     FaultKind::partition,
    FaultKind::loss,         FaultKind::clog,    FaultKind::control_stall,
    FaultKind::worker_stall, FaultKind::freeze,  FaultKind::send_failure,
    FaultKind::command,      FaultKind::command, FaultKind::command,
    FaultKind::replay,       FaultKind::reskew,  FaultKind::forge,
    FaultKind::corrupt};

// Commands that an operator may type at any time, and what takes them back.
void roll_command(Random& random, const Scenario& scenario, Fault& fault) {
  const std::string carp =
      "ifconfig carp" + std::to_string(random.below(scenario.groups.size())) + ' ';
  const std::string number = std::to_string(random.between(1, 240));
  switch (random.below(10)) {
    case 0:
      fault.command = carp + "down";
      fault.undo = carp + "up";
      break;
    case 1: fault.command = carp + "advskew " + std::to_string(random.between(8, 254)); break;
    case 2: fault.command = carp + "state master"; break;
    case 3: fault.command = carp + "state backup"; break;
    case 4:
      fault.command = "sysctl net.inet.carp.preempt=" + std::to_string(random.below(2));
      break;
    case 5:
      fault.command = "demote +" + number;
      fault.undo = "demote -" + number;
      break;
    case 6:
      fault.command = "sysctl net.inet.carp.allow=0";
      fault.undo = "sysctl net.inet.carp.allow=1";
      break;
    case 7:
      fault.command = carp + "pass another";
      fault.undo = "reload";
      break;
    case 8:
      fault.command = carp + "destroy";
      fault.undo = "reload";
      break;
    default:
      fault.command = carp + "advskew 254";
      fault.undo = "reload";
      break;
  }
}

[[nodiscard]] uint32_t roll_value(Random& random, const Scenario& scenario, FaultKind kind) {
  switch (kind) {
    case FaultKind::crash: return random.chance(150) ? 1 : 0;
    case FaultKind::send_failure: return static_cast<uint32_t>(random.below(2));
    case FaultKind::partition:
      return static_cast<uint32_t>(random.between(1, (int64_t{1} << scenario.nodes.size()) - 2));
    case FaultKind::loss: return static_cast<uint32_t>(random.between(50, 1000));
    case FaultKind::clog: return static_cast<uint32_t>(random.between(5, 3000));
    case FaultKind::replay:
    case FaultKind::reskew:
    case FaultKind::forge:
    case FaultKind::corrupt: return static_cast<uint32_t>(random.between(1, 30));
    default: return 0;
  }
}

[[nodiscard]] Fault roll_fault(Random& random, const Scenario& scenario,
                               std::span<const FaultKind> kinds) {
  Fault fault;
  fault.kind = kinds[random.below(kinds.size())];
  // Around one master down time is where things are decided.
  const Duration longest = std::min(scenario.faults_end / 2, longest_master_down(scenario) * 2);
  fault.lasts = random.chance(300) ? random.between(milliseconds(1), milliseconds(50))
                                   : random.between(milliseconds(1), longest);
  fault.at = random.between(Duration(0), scenario.faults_end - fault.lasts);
  fault.node = static_cast<uint8_t>(random.below(scenario.nodes.size()));
  fault.lan = static_cast<uint8_t>(random.below(scenario.lans));
  const uint64_t others = scenario.nodes.size() - 1;
  fault.other =
      static_cast<uint8_t>((fault.node + 1 + random.below(others)) % scenario.nodes.size());
  fault.value = roll_value(random, scenario, fault.kind);
  if (fault.kind == FaultKind::command) roll_command(random, scenario, fault);
  return fault;
}

}  // namespace

std::vector<Fault> roll_faults(Random& random, const Scenario& scenario) {
  const bool silent = random.chance(500);
  const std::span<const FaultKind> kinds =
      silent ? std::span<const FaultKind>(kSilentFaults) : std::span<const FaultKind>(kAllFaults);
  std::vector<Fault> faults;
  const int64_t count = random.chance(850) ? random.between(1, 5) : random.between(0, 12);
  for (int64_t i = 0; i < count; ++i) faults.push_back(roll_fault(random, scenario, kinds));
  std::stable_sort(faults.begin(), faults.end(),
                   [](const Fault& a, const Fault& b) { return a.at < b.at; });
  return faults;
}

}  // namespace carp::sim
