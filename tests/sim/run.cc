// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/run.h"

#include <algorithm>
#include <mutex>
#include <thread>

#include "tests/sim/world.h"

namespace carp::sim {
namespace {

constexpr size_t kLinesOfTimeline = 200;

[[nodiscard]] bool fails(const Scenario& scenario) { return !run(scenario).broken.empty(); }

}  // namespace

Outcome run(const Scenario& scenario, bool writes_timeline) {
  Trace trace(writes_timeline);
  World world(scenario, trace);
  Outcome outcome;
  try {
    world.run();
  } catch (const Broken& broken) {
    outcome.broken = broken.what();
  }
  outcome.hash = trace.hash();
  outcome.time = world.now() - world.start();
  outcome.timeline = trace.lines();
  return outcome;
}

Scenario shortest(Scenario failing) {
  for (size_t i = 0; i < failing.faults.size();) {
    Scenario fewer = failing;
    fewer.faults.erase(fewer.faults.begin() + static_cast<std::ptrdiff_t>(i));
    if (!fails(fewer)) {
      ++i;
      continue;
    }
    failing = std::move(fewer);
    i = 0;  // what was needed beside this one may not be any more
  }
  const auto try_without = [&](auto&& change) {
    Scenario simpler = failing;
    change(simpler);
    if (fails(simpler)) failing = std::move(simpler);
  };
  try_without([](Scenario& s) { s.peers.clear(); });
  try_without([](Scenario& s) { s.wire.loss = s.wire.duplicates = 0; });
  for (size_t i = 0; i < failing.nodes.size(); ++i)
    try_without([i](Scenario& s) {
      s.nodes[i] = {.boots_at = s.nodes[i].boots_at, .preempt = s.nodes[i].preempt};
    });
  return failing;
}

std::string report(const Scenario& failing) {
  const Scenario shorter = shortest(failing);
  const Outcome outcome = run(shorter, true);
  std::string text = "seed " + std::to_string(failing.seed) + " breaks an invariant\n" +
                     to_string(shorter) + "timeline\n";
  const auto& lines = outcome.timeline;
  const size_t skipped = lines.size() - std::min(lines.size(), kLinesOfTimeline);
  if (skipped > 0) text += "  (" + std::to_string(skipped) + " lines left out)\n";
  for (size_t i = skipped; i < lines.size(); ++i) text += lines[i] + '\n';
  return text + "broken at " + outcome.broken + '\n';
}

Tally run_many(uint64_t first, const std::function<bool(uint64_t done)>& more) {
  std::atomic<uint64_t> next{first};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  Tally tally;
  const auto work = [&] {
    while (!failed && more(next.load() - first)) {
      const Scenario scenario = make_scenario(next.fetch_add(1));
      const Outcome outcome = run(scenario);
      const std::lock_guard lock(mutex);
      ++tally.scenarios;
      tally.time += outcome.time;
      if (outcome.broken.empty()) continue;
      tally.failed.push_back(scenario.seed);
      failed = true;
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i)
    threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  std::sort(tally.failed.begin(), tally.failed.end());
  return tally;
}

}  // namespace carp::sim
