// SPDX-License-Identifier: BSD-3-Clause
//
// Thousands of scenarios, the seeds that once found a fault, and what must make no difference.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>

#include "tests/sim/run.h"

namespace carp::sim {
namespace {

// The first of the scenarios that every test run goes through; scripts/soak takes others.
constexpr uint64_t kFirstSeed = 1'000'000;
constexpr uint64_t kScenarios = 20'000;

TEST(Scenarios, HoldAllInvariants) {
  const Tally tally = run_many(kFirstSeed, [](uint64_t done) { return done < kScenarios; });
  for (const uint64_t seed : tally.failed) ADD_FAILURE() << report(make_scenario(seed));
  EXPECT_GE(tally.scenarios, tally.failed.empty() ? kScenarios : 1);
}

TEST(Scenarios, ThatFoundAFaultHoldAllInvariants) {
  std::ifstream seeds(CARP_SIM_SEEDS);
  int count = 0;
  for (std::string line; std::getline(seeds, line);) {
    if (line.empty() || line.front() == '#') continue;
    const Scenario scenario = make_scenario(std::stoull(line));
    EXPECT_EQ(run(scenario).broken, "") << report(scenario);
    ++count;
  }
  EXPECT_GT(count, 0);
}

// A day and more is among them; what was recorded on its morning is refused on the next.
TEST(Scenarios, IncludeADay) {
  uint64_t seed = kFirstSeed;
  while (!make_scenario(seed).is_day && seed < kFirstSeed + kScenarios) ++seed;
  const Outcome outcome = run(make_scenario(seed), true);
  EXPECT_GT(outcome.time, proto::Duration(std::chrono::hours(26)));
  const auto refused_late = [](const std::string& line) {
    return line.find("refuses") != std::string::npos && std::stod(line) > 90'000;
  };
  EXPECT_GT(std::count_if(outcome.timeline.begin(), outcome.timeline.end(), refused_late), 100);
}

// Stories of planned work have all of it, with somebody to hand over to.
TEST(Scenarios, IncludePlannedWork) {
  const std::array<std::string, 6> acts = {"(switchover)",  "is MASTER, nobody answered for",
                                           "(maintenance)", "service fails",
                                           "destroy",       "password and addresses number"};
  std::map<std::string, int> seen;
  int stories = 0;
  for (uint64_t seed = kFirstSeed; stories < 60; ++seed) {
    const Scenario scenario = make_scenario(seed);
    if (!scenario.is_planned_work) continue;
    ++stories;
    const Outcome outcome = run(scenario, true);
    for (const std::string& act : acts)
      seen[act] += std::ranges::any_of(outcome.timeline, [&](const std::string& line) {
        return line.find(act) != std::string::npos;
      });
  }
  for (const std::string& act : acts) EXPECT_GE(seen[act], 5) << act;
}

TEST(Runs, OfOneSeedAreTheSame) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const Scenario scenario = make_scenario(seed);
    EXPECT_EQ(run(scenario).hash, run(scenario).hash) << seed;
  }
}

TEST(Runs, OfTwoSeedsDiffer) { EXPECT_NE(run(make_scenario(1)).hash, run(make_scenario(2)).hash); }

// Nothing depends on when the world began, nor on what ports are called and which MACs they have.
// But flipped bits may cancel each other out in a checksum, as the counter happens to be.
TEST(Runs, ShiftedAndRenamedAreTheSame) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Scenario scenario = make_scenario(seed);
    std::erase_if(scenario.faults, [](const Fault& f) { return f.kind == FaultKind::corrupt; });
    Scenario shifted = scenario;
    shifted.shift = std::chrono::hours(31) + std::chrono::milliseconds(seed);
    Scenario renamed = scenario;
    renamed.rename = 7;
    const uint64_t hash = run(scenario).hash;
    EXPECT_EQ(run(shifted).hash, hash) << seed;
    EXPECT_EQ(run(renamed).hash, hash) << seed;
  }
}

TEST(Report, NamesSeedFaultsAndTimeline) {
  Scenario scenario = make_scenario(3);
  const std::string text = report(scenario);
  EXPECT_NE(text.find("seed 3"), std::string::npos);
  EXPECT_NE(text.find("timeline"), std::string::npos);
  EXPECT_NE(text.find("INIT -> BACKUP (started)"), std::string::npos);
}

}  // namespace
}  // namespace carp::sim
