// SPDX-License-Identifier: BSD-3-Clause
//
// What answers about many virtual hosts take of control's thread, in CPU time, and their longest
// piece, which is what an advertisement may have to wait for: the best of seven.
//
//   show_cost VHOSTS        a line for each topic and form
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "lib/control/show.h"
#include "tests/bench/engine_host.h"

namespace carp::bench {
namespace {

using control::ShowForm;
using control::ShowInput;
using std::chrono::seconds;

constexpr int kRounds = 7;

[[nodiscard]] double thread_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

struct Cost {
  size_t bytes = 0;
  size_t pieces = 0;
  double whole_ms = 0;
  double longest_ms = 0;
};

// As a session asks: the first piece decides what is listed.
[[nodiscard]] Cost tell(const char* topic, ShowForm form, const ShowInput& input) {
  Cost cost;
  std::optional<control::Pieces> pieces;
  for (bool goes_on = true; goes_on; ++cost.pieces) {
    std::string text;
    const double begin = thread_ms();
    if (!pieces) pieces = control::show_in_pieces(topic, form, input);
    goes_on = (*pieces)(input, text);
    const double taken = thread_ms() - begin;
    cost.bytes += text.size();
    cost.whole_ms += taken;
    cost.longest_ms = std::max(cost.longest_ms, taken);
  }
  return cost;
}

void print(const char* topic, ShowForm form, const ShowInput& input) {
  Cost best = tell(topic, form, input);
  for (int round = 1; round < kRounds; ++round) {
    const Cost cost = tell(topic, form, input);
    best.whole_ms = std::min(best.whole_ms, cost.whole_ms);
    best.longest_ms = std::min(best.longest_ms, cost.longest_ms);
  }
  std::printf("%-10s %s %8zu bytes %4zu pieces %6.2f ms, the longest %5.2f ms\n", topic,
              form == ShowForm::json ? "json" : "text", best.bytes, best.pieces, best.whole_ms,
              best.longest_ms);
}

// MASTER of all, after a neighbour has been that: peers and history are full, too.
int cost(unsigned vhosts) {
  EngineHost host(vhosts, 1);
  host.run(seconds(1));
  EngineHost neighbour(vhosts, 2);
  neighbour.run(seconds(1));
  neighbour.become_master();
  neighbour.run(seconds(5));
  host.will_hear(neighbour.said());
  host.run(seconds(2));
  host.become_master();
  host.run(seconds(3));
  const control::RuntimeView view;
  const ShowInput input{host.engine(), view, host.now()};
  for (const char* topic : {"vhosts", "peers", "history", "config"})
    for (const ShowForm form : {ShowForm::text, ShowForm::json}) print(topic, form, input);
  return 0;
}

}  // namespace
}  // namespace carp::bench

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  return carp::bench::cost(static_cast<unsigned>(std::atoi(argv[1])));
}
