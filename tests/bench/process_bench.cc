// SPDX-License-Identifier: BSD-3-Clause
//
// What one frame costs: process() as a whole, and the look-up in it. Each frame is copied first,
// since an answer is written over its request; `Copy` is what that costs.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>

#include "lib/dataplane/process.h"
#include "tests/bench/load.h"

namespace carp::bench {
namespace {

using Buffer = std::array<uint8_t, 64>;

[[nodiscard]] const Load& load_of(const benchmark::State& state) {
  static const Load small(kSmall);
  static const Load large(kLarge);
  return state.range(0) == 1 ? small : large;
}

void Copy(benchmark::State& state) {
  const auto& requests = load_of(state).requests();
  Buffer buffer{};
  size_t i = 0;
  for (auto _ : state) {
    std::copy(requests[i].begin(), requests[i].end(), buffer.begin());
    benchmark::DoNotOptimize(buffer);
    if (++i == requests.size()) i = 0;
  }
  state.SetItemsProcessed(state.iterations());
}

void Process(benchmark::State& state) {
  const Load& load = load_of(state);
  const auto& requests = load.requests();
  Buffer buffer{};
  size_t i = 0;
  int64_t answered = 0;
  for (auto _ : state) {
    std::copy(requests[i].begin(), requests[i].end(), buffer.begin());
    const net::Bytes frame(buffer.data(), requests[i].size());
    answered += dataplane::process(frame, 0, load.table(), kNow) == dataplane::Reason::arp_answered;
    benchmark::DoNotOptimize(buffer);
    if (++i == requests.size()) i = 0;
  }
  if (answered != state.iterations()) state.SkipWithError("not every request was answered");
  state.SetItemsProcessed(state.iterations());
}

void Find(benchmark::State& state) {
  const Load& load = load_of(state);
  const auto count = static_cast<unsigned>(load.requests().size());
  unsigned i = 0;
  for (auto _ : state) {
    const Load::Target asked = load.target(i);
    benchmark::DoNotOptimize(load.table().find(asked.interface, asked.address));
    if (++i == count) i = 0;
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(Copy)->ArgName("addresses")->Arg(1)->Arg(4000);
BENCHMARK(Process)->ArgName("addresses")->Arg(1)->Arg(4000);
BENCHMARK(Find)->ArgName("addresses")->Arg(1)->Arg(4000);

}  // namespace
}  // namespace carp::bench
