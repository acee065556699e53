// SPDX-License-Identifier: BSD-3-Clause
//
// Answers requests, each once, and does nothing else: for callgrind, which counts the instructions
// in process(). Prints what the reader of its counts must know.
//
//   process_cost small|large       frames=N table_bytes=N; exit 1 where one was not answered
#include <cstdio>
#include <cstring>

#include "lib/dataplane/process.h"
#include "tests/bench/load.h"

namespace {

// A function of its own, for callgrind to count in: workers have it inlined into their loop.
[[gnu::noinline]] carp::dataplane::Reason answer_one(carp::net::Bytes frame,
                                                     const carp::dataplane::ForwardTable& table) {
  return carp::dataplane::process(frame, 0, table, carp::bench::kNow);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  const bool large = std::strcmp(argv[1], "large") == 0;
  const carp::bench::Load load(large ? carp::bench::kLarge : carp::bench::kSmall);
  size_t answered = 0;
  for (carp::net::Frame frame : load.requests()) {
    const auto reason = answer_one(frame, load.table());
    answered += reason == carp::dataplane::Reason::arp_answered ? 1U : 0U;
  }
  std::printf("frames=%zu table_bytes=%zu\n", answered, load.table().memory_bytes());
  return answered == load.requests().size() ? 0 : 1;
}
