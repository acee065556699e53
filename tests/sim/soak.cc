// SPDX-License-Identifier: BSD-3-Clause
//
// Scenario after scenario until told to stop, or until one fails (scripts/soak).
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/sim/run.h"

namespace {

std::atomic<bool> stop{false};

int usage() {
  std::fputs("usage: soak [--seconds N] [--seed S] [--one]\n", stderr);
  return 64;
}

// One scenario, whether it fails or not, as a timeline.
int tell(uint64_t seed) {
  const carp::sim::Scenario scenario = carp::sim::make_scenario(seed);
  const carp::sim::Outcome outcome = carp::sim::run(scenario, true);
  if (!outcome.broken.empty()) {
    std::fputs(carp::sim::report(scenario).c_str(), stdout);
    return 1;
  }
  std::fputs(to_string(scenario).c_str(), stdout);
  for (const std::string& line : outcome.timeline) std::puts(line.c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  using Clock = std::chrono::steady_clock;
  long seconds = -1;
  // Without a seed, other scenarios every time.
  uint64_t seed =
      static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  bool one = false;
  for (int i = 1; i < argc; ++i) {
    const bool has_value = i + 1 < argc;
    if (std::strcmp(argv[i], "--one") == 0)
      one = true;
    else if (std::strcmp(argv[i], "--seconds") == 0 && has_value)
      seconds = std::strtol(argv[++i], nullptr, 10);
    else if (std::strcmp(argv[i], "--seed") == 0 && has_value)
      seed = std::strtoull(argv[++i], nullptr, 10);
    else
      return usage();
  }
  if (one) return tell(seed);

  std::signal(SIGINT, [](int) { stop = true; });
  std::signal(SIGTERM, [](int) { stop = true; });
  const auto begin = Clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  const carp::sim::Tally tally = carp::sim::run_many(seed, [&](uint64_t) {
    return !stop && (seconds < 0 || passed() < static_cast<double>(seconds));
  });
  for (const uint64_t failed : tally.failed)
    std::fputs(carp::sim::report(carp::sim::make_scenario(failed)).c_str(), stdout);
  const double years = static_cast<double>(tally.time.count()) / 1e6 / 86'400 / 365.25;
  std::printf("seed %llu: %llu scenarios, %.0f a second, %.4f virtual years, %zu broken\n",
              static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(tally.scenarios),
              static_cast<double>(tally.scenarios) / passed(), years, tally.failed.size());
  return tally.failed.empty() ? 0 : 1;
}
