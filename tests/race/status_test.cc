// SPDX-License-Identifier: BSD-3-Clause
//
// What a worker tells of itself, read while it is written: counters only grow and are complete when
// it rests; heartbeats tell the worker that polls from the one that never does, whose port then is
// no longer trusted (D4 rule 4).
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "lib/control/heartbeats.h"
#include "lib/proto/key.h"
#include "tests/race/pauses.h"
#include "tests/race/rig.h"
#include "tests/support/frames.h"

namespace carp::race {
namespace {

constexpr unsigned kSeed = 20261123;
constexpr uint32_t kFrames = 10'000;

[[nodiscard]] uint64_t sum_of_reasons(const dpdk::WorkerStatus& status) {
  uint64_t sum = 0;
  for (const dataplane::Counter& counter : status.counters.by_reason) sum += counter.get();
  return sum;
}

TEST(RaceStatus, CountersGrowAndAreCompleteAtRest) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  WorkerRig rig(0);
  dataplane::LeaseBoard leases;
  leases.set(kLease, kForever);
  const auto table = make_table(1, leases, {&rig});
  ASSERT_TRUE(rig.mailbox().post(table.get()));
  std::atomic<bool> running{true};
  std::thread worker([&] {
    Pauses pauses(kSeed + 1);
    for (uint32_t i = 0; i < kFrames; ++i) {
      rig.deliver(pauses.below(2) == 0 ? request_frame() : conflict_frame(i));
      rig.worker().poll_once();
      (void)rig.take_sent();
      pauses.maybe();
    }
    running = false;
  });
  Pauses pauses(kSeed);
  uint64_t received = 0;
  uint64_t polls = 0;
  uint64_t reasons = 0;
  while (running) {
    const uint64_t reasons_now = sum_of_reasons(rig.status());
    const uint64_t received_now = rig.status().counters.received.get();
    const uint64_t polls_now = rig.status().polls.get();
    ASSERT_LE(reasons, reasons_now);
    ASSERT_LE(received, received_now);
    ASSERT_LE(polls, polls_now);
    reasons = reasons_now, received = received_now, polls = polls_now;
    pauses.maybe();
  }
  worker.join();
  EXPECT_EQ(rig.status().counters.received.get(), kFrames);
  EXPECT_EQ(sum_of_reasons(rig.status()), kFrames);
  EXPECT_EQ(rig.status().polls.get(), kFrames);
  EXPECT_LE(rig.status().busy_cycles.get(), rig.status().total_cycles.get());
}

// Two interfaces, each with a virtual host and the port of one rig.
[[nodiscard]] control::EngineStart engine_start(const dataplane::LeaseBoard& leases,
                                                const std::vector<WorkerRig*>& rigs,
                                                proto::TimePoint now) {
  control::EngineStart start{.leases = &leases, .unix_us = 1'795'330'800'000'000, .now = now};
  for (size_t i = 0; i < rigs.size(); ++i) {
    const std::string number = std::to_string(i);
    control::InterfaceConfig interface { .name = "lan" + number, .port = "port" + number };
    interface.addresses = {net::parse_ipv4_prefix("10." + number + ".0.3/24").value()};
    proto::VhostConfig vhost;
    vhost.name = "carp" + number;
    vhost.interface = interface.name;
    vhost.vhid = 1;
    vhost.key = proto::key_from_pass("testpass");
    vhost.addresses = {net::parse_ipv4_prefix("10." + number + ".0.50/24").value()};
    start.config.interfaces.push_back(std::move(interface));
    start.config.vhosts.push_back(std::move(vhost));
    start.facts.push_back({rigs[i]->port(), {{0x02, 0, 0, 0, 0, static_cast<uint8_t>(i)}}});
  }
  return start;
}

TEST(RaceStatus, HeartbeatsTellTheWorkerThatPollsFromTheOneThatNeverDoes) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  WorkerRig awake(0);
  WorkerRig asleep(1);
  std::atomic<bool> running{true};
  std::thread worker([&] {
    Pauses pauses(kSeed + 1);
    while (running.load(std::memory_order_relaxed)) {
      awake.worker().poll_once();
      pauses.maybe();
    }
  });
  dataplane::LeaseBoard leases;
  proto::TimePoint now{std::chrono::hours(1)};
  control::Engine engine(engine_start(leases, {&awake, &asleep}, now));
  control::Heartbeats heartbeats({&awake.worker(), &asleep.worker()});
  control::Outbox out;
  for (const WorkerRig* rig : {&awake, &asleep}) engine.on_link(rig->port(), true, now, out);
  // Virtual time goes on when the worker has polled: how long that takes plays no part. Four
  // seconds: more than a master down time, less than a lease longer, which nobody renews here.
  for (int pass = 0; pass < 400; ++pass, now += std::chrono::milliseconds(10)) {
    const uint64_t polls = awake.status().polls.get();
    while (awake.status().polls.get() == polls) std::this_thread::yield();
    engine.begin_pass(now, out);
    heartbeats.observe(engine, now);
    engine.advance(now, out);
    ASSERT_GE(heartbeats.busy(0), 0);
    ASSERT_LE(heartbeats.busy(0), 1);
  }
  running = false;
  worker.join();
  EXPECT_FALSE(heartbeats.is_stalled(0, now));
  EXPECT_TRUE(heartbeats.is_stalled(1, now));
  EXPECT_TRUE(engine.find_vhost("carp0")->is_master());
  EXPECT_FALSE(engine.find_vhost("carp1")->runs());
}

}  // namespace
}  // namespace carp::race
