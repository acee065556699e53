// SPDX-License-Identifier: BSD-3-Clause
//
// An engine with many virtual hosts in two seconds of virtual time: for callgrind, which counts the
// instructions inside `measured`. Prints what happened there.
//
//   control_cost advertise VHOSTS     MASTER of all: events are advertisements sent
//   control_cost hear VHOSTS          BACKUP of all: events are advertisements heard
//   control_cost idle VHOSTS          the same: events are passes in which nothing is due
//   control_cost switch VHOSTS        all become MASTER in one moment: events are virtual hosts
//
//   events=N tables=N                 exit 1 where not all are what they should be
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/bench/engine_host.h"

namespace carp::bench {
namespace {

using proto::Duration;
using proto::State;
using std::chrono::seconds;

constexpr unsigned kIdlePasses = 1000;
constexpr Duration kMeasured = seconds(2);

// The only thing that callgrind looks at.
[[gnu::noinline]] void measured(std::string_view what, EngineHost& host) {
  if (what == "idle") return host.idle(kIdlePasses);
  if (what == "switch") host.become_master();
  host.run(what == "switch" ? kBetweenPasses : kMeasured);
}

int cost(std::string_view what, unsigned vhosts) {
  EngineHost host(vhosts, 1);
  host.run(seconds(1));
  if (what == "hear") {
    EngineHost neighbour(vhosts, 2);
    neighbour.run(seconds(1));
    neighbour.become_master();
    neighbour.run(seconds(5));
    host.will_hear(neighbour.said());
  }
  if (what == "advertise") host.become_master();
  host.run(what == "switch" ? kBetweenPasses : kMeasured);  // first words are over

  const size_t said = host.said().size();
  const size_t heard = host.heard();
  const size_t tables = host.tables();
  measured(what, host);
  size_t events = vhosts;
  if (what == "idle") events = kIdlePasses;
  if (what == "advertise") events = host.said().size() - said;
  if (what == "hear") events = host.heard() - heard;
  std::printf("events=%zu tables=%zu\n", events, host.tables() - tables);
  const bool is_master = what == "advertise" || what == "switch";
  return host.is_all(is_master ? State::master : State::backup) ? 0 : 1;
}

}  // namespace
}  // namespace carp::bench

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  return carp::bench::cost(argv[1], static_cast<unsigned>(std::atoi(argv[2])));
}
