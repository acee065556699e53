// SPDX-License-Identifier: BSD-3-Clause
//
// What control pays for one advertisement: signing those it sends, verifying those it hears.
#include <benchmark/benchmark.h>

#include <vector>

#include "lib/proto/auth.h"

namespace carp::bench {
namespace {

[[nodiscard]] proto::Authenticator make_authenticator(int64_t addresses) {
  std::vector<net::Ipv4Prefix> prefixes;
  for (int64_t i = 0; i < addresses; ++i)
    prefixes.push_back({net::Ipv4Address{static_cast<uint32_t>(0x0a000001 + i)}, 24});
  return {proto::Key{}, 1, prefixes, proto::AddressOrder::sorted};
}

void Sign(benchmark::State& state) {
  const proto::Authenticator authenticator = make_authenticator(state.range(0));
  uint64_t counter = 0;
  for (auto _ : state) benchmark::DoNotOptimize(authenticator.sign(++counter));
  state.SetItemsProcessed(state.iterations());
}

void Verify(benchmark::State& state) {
  const proto::Authenticator authenticator = make_authenticator(state.range(0));
  const proto::Digest digest = authenticator.sign(7);
  for (auto _ : state) benchmark::DoNotOptimize(authenticator.verify(7, digest));
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(Sign)->ArgName("addresses")->Arg(1)->Arg(16);
BENCHMARK(Verify)->ArgName("addresses")->Arg(1)->Arg(16);

}  // namespace
}  // namespace carp::bench
