// SPDX-License-Identifier: BSD-3-Clause
//
// Leases are words that control writes while workers read them, without any ring between. What
// leaving MASTER rests on (D22): the word to 0, a new table, and when that is confirmed not one
// answer more.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "lib/control/publisher.h"
#include "lib/dpdk/tsc_clock.h"
#include "tests/race/pauses.h"
#include "tests/race/rig.h"

namespace carp::race {
namespace {

using dataplane::Reason;

constexpr unsigned kSeed = 20261123;
constexpr uint64_t kRounds = 200;

TEST(RaceLease, NoAnswerLeavesOnceTheTableAfterItIsConfirmed) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  WorkerRig rig(0);
  dataplane::LeaseBoard leases;
  control::Publisher publisher({&rig.mailbox()}, {&rig.worker()});
  std::atomic<bool> running{true};
  uint64_t sent = 0;
  std::thread worker([&] {
    Pauses pauses(kSeed + 1);
    const net::Frame request = request_frame();
    while (running.load(std::memory_order_relaxed)) {
      rig.deliver(request);
      rig.worker().poll_once();
      sent += rig.take_sent().size();
      pauses.maybe();
    }
  });
  Pauses pauses(kSeed);
  uint64_t generation = 0;
  const auto answered = [&] { return rig.count(Reason::arp_answered); };
  const auto publish_and_wait = [&] {
    publisher.publish(make_table(++generation, leases, {&rig}), dpdk::ticks_now());
    while (publisher.applied_generation() != generation) {
      publisher.collect();
      pauses.maybe();
    }
  };
  publish_and_wait();
  for (uint64_t round = 0; round < kRounds; ++round) {
    const uint64_t before = answered();
    leases.set(kLease, kForever);
    while (answered() == before) pauses.maybe();
    leases.set(kLease, 0);
    publish_and_wait();
    const uint64_t at_the_end = answered();
    const uint64_t silent = rig.count(Reason::lease_lapsed);
    while (rig.count(Reason::lease_lapsed) < silent + 3) pauses.maybe();
    ASSERT_EQ(answered(), at_the_end) << "round " << round;
  }
  running = false;
  worker.join();
  EXPECT_EQ(sent, answered());
}

}  // namespace
}  // namespace carp::race
