// SPDX-License-Identifier: BSD-3-Clause
//
// Starts the EAL once for all tests of this folder. Its lcores stay idle: the tests drive workers
// by threads of their own, whose pauses they choose.
//
// What ThreadSanitizer sees: this program with all of DPDK's inline functions in it, so both ends
// of every ring of a mailbox, tables, leases and counters. What it does not see:
// - DPDK's libraries. Therefore one thread alone touches a fake card (tests/race/rig.h), and mbufs
//   that nobody has wait behind a mutex of ours (tests/race/watched_pool.h).
// - compiler barriers. On x86 DPDK's rings rely on them and on the processor's order of stores; the
//   C11 form of the same rings (RTE_USE_C11_MEM_MODEL), which other processors get, says acquire
//   and release. This build takes that one: the layout and the algorithm are the same.
// - rte_ring_count, two plain reads of indices that the other end writes. They are a hint: pop and
//   push read the index again, with acquire, before they touch a value.
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "lib/dpdk/eal.h"
#include "tests/race/watched_pool.h"

#if !defined(__SANITIZE_THREAD__) || !defined(RTE_USE_C11_MEM_MODEL)
#error "this folder is built with -Db_sanitize=thread"
#endif

extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:^rte_ring_count$\n"; }

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const carp::dpdk::Eal eal({"race_test", "--no-huge", "--no-pci", "--no-shconf", "--no-telemetry",
                             "-m", "64", "--file-prefix=carp-race-" + std::to_string(getpid()),
                             "--lcores=(0-1)@0", "--log-level=lib.eal:warning",
                             std::string("--mbuf-pool-ops-name=") + carp::race::kWatchedPool});
  return RUN_ALL_TESTS();
}
