// SPDX-License-Identifier: BSD-3-Clause
//
// Everything together on real threads: two workers, three ports, several queues.
#include "lib/dpdk/runtime.h"

#include <gtest/gtest.h>
#include <rte_mempool.h>

#include <thread>

#include "lib/dpdk/start_error.h"
#include "tests/dpdk/eal_under_test.h"
#include "tests/dpdk/scene.h"

namespace carp::dpdk {
namespace {

// Waits for what other threads are about to do; a hang ends by the suite's time limit.
template <typename Condition>
void wait_until(const Condition& condition) {
  while (!condition()) std::this_thread::yield();
}

dataplane::ForwardTable table_of(const Runtime& runtime, const dataplane::LeaseBoard& leases,
                                 uint64_t generation) {
  std::vector<dataplane::Interface> interfaces;
  for (const auto& port : runtime.ports()) {
    interfaces.push_back({port->id(), net::kUntagged, kPortMac});
  }
  dataplane::ForwardTable table(generation, leases, interfaces);
  const dataplane::Slot slot{
      .mac = net::virtual_mac(1), .source = net::virtual_mac(1), .vhid = 1, .master = true};
  for (dataplane::InterfaceIndex i = 0; i < interfaces.size(); ++i) {
    table.add(i, kSharedIp, true, {&slot, 1});
  }
  return table;
}

uint64_t received(const Runtime& runtime) {
  uint64_t sum = 0;
  for (const auto& worker : runtime.workers()) sum += worker->status().counters.received.get();
  return sum;
}

bool all_applied(const Runtime& runtime, uint64_t generation) {
  for (const auto& worker : runtime.workers()) {
    if (worker->status().applied_generation.load(std::memory_order_acquire) != generation) {
      return false;
    }
  }
  return true;
}

TEST(Runtime, ServesSeveralPortsAndQueuesWhileTablesChange) {
  constexpr unsigned kFrames = 200;  // a queue
  RingPort wide("r_wide", {.rx_queues = 2, .tx_queues = 3});
  RingPort narrow("r_narrow", {.tx_queues = 1});
  MbufPool pool("r_test", {.descriptors = 4096}, 0);
  const PortConfig ports[] = {{.name = wide.name()}, {.name = narrow.name()}};
  dataplane::LeaseBoard leases;
  Runtime runtime(eal_under_test(), ports, {.burst = 8, .idle = Idle::sleep});
  const auto first = table_of(runtime, leases, 1);
  const auto second = table_of(runtime, leases, 2);
  for (const auto& mailbox : runtime.mailboxes()) ASSERT_TRUE(mailbox->post(&first));
  runtime.launch();
  wait_until([&] { return all_applied(runtime, 1); });
  for (unsigned i = 0; i < kFrames; ++i) {
    for (const unsigned queue : {0U, 1U}) wide.deliver(pool, request_frame(), queue);
    narrow.deliver(pool, request_frame());
    if (i != kFrames / 2) continue;
    for (const auto& mailbox : runtime.mailboxes()) ASSERT_TRUE(mailbox->post(&second));
  }
  wait_until([&] { return received(runtime) == 3 * kFrames && all_applied(runtime, 2); });
  runtime.stop();
  for (const auto& mailbox : runtime.mailboxes()) EXPECT_EQ(mailbox->take_retired(), &first);
  EXPECT_EQ(wide.take_sent(0).size() + wide.take_sent(1).size(), 2U * kFrames);
  const auto answers = narrow.take_sent();
  ASSERT_EQ(answers.size(), kFrames);
  for (const net::Frame& answer : answers) EXPECT_EQ(answer, reply_frame());
  EXPECT_EQ(pool.available(), pool.size());
}

// All in one queue before anybody looks: its worker is behind when it has served a few bursts, and
// the other one has nothing else to do.
TEST(Runtime, SpreadsWhatOneWorkerIsBehindWith) {
  constexpr unsigned kFrames = 500;
  RingPort wire("r_spread", {.rx_queues = 2, .tx_queues = 3});
  MbufPool pool("r_spread_pool", {.descriptors = 4096}, 0);
  const PortConfig ports[] = {{.name = wire.name()}};
  dataplane::LeaseBoard leases;
  {
    Runtime runtime(eal_under_test(), ports, {.burst = 8, .idle = Idle::sleep, .give_cycles = 0});
    const auto table = table_of(runtime, leases, 1);
    for (const auto& mailbox : runtime.mailboxes()) ASSERT_TRUE(mailbox->post(&table));
    for (unsigned i = 0; i < kFrames; ++i) wire.deliver(pool, request_frame());
    runtime.launch();
    wait_until([&] { return received(runtime) == kFrames; });
    runtime.stop();
    const WorkerStatus& giver = runtime.workers()[0]->status();
    const WorkerStatus& taker = runtime.workers()[1]->status();
    EXPECT_GT(giver.handed_over.get(), 0U);
    EXPECT_EQ(giver.handed_over.get(), taker.counters.received.get());
    EXPECT_EQ(wire.sent_count(1), taker.counters.received.get());
  }
  EXPECT_EQ(wire.take_sent(0).size() + wire.take_sent(1).size(), kFrames);
  EXPECT_EQ(pool.available(), pool.size());
}

TEST(Runtime, SendsForControlOnBothKindsOfPort) {
  RingPort own("r_own");
  RingPort shared("r_shared", {.tx_queues = 1});
  const PortConfig ports[] = {{.name = own.name()}, {.name = shared.name()}};
  Runtime runtime(eal_under_test(), ports, {.idle = Idle::pause});
  runtime.launch();
  Transmitter& transmitter = runtime.transmitter();
  EXPECT_EQ(transmitter.send(runtime.ports()[0]->id(), advert_frame(1), 1), SendOutcome::sent);
  EXPECT_EQ(transmitter.send(runtime.ports()[1]->id(), advert_frame(2), 2), SendOutcome::queued);
  unsigned told = 0;
  bool was_sent = false;
  wait_until([&] {
    transmitter.collect([&](SendToken token, bool sent) {
      EXPECT_EQ(token, 2U);
      was_sent = sent;
      ++told;
    });
    return told > 0;
  });
  EXPECT_EQ(told, 1U);
  runtime.stop();
  EXPECT_EQ(own.take_sent(1).at(0), advert_frame(1));
  // A machine that stops the worker for long may make the frame late; then it was told so.
  EXPECT_EQ(shared.take_sent().size(), was_sent ? 1U : 0U);
}

// A worker frees what it sends for control, and would use it for the next frame: with mbufs of the
// same pool, those that two workers use come to lie side by side.
TEST(Runtime, MakesNoFrameOfItsOwnFromThePoolOfReceivedOnes) {
  RingPort shared("r_pools", {.tx_queues = 1});
  const PortConfig ports[] = {{.name = shared.name()}};
  Runtime runtime(eal_under_test(), ports, {});
  const rte_mempool* const received = rte_mempool_lookup("carp_received_0");
  const rte_mempool* const own = rte_mempool_lookup("carp_own_0");
  ASSERT_NE(received, nullptr);
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(runtime.transmitter().send(runtime.ports()[0]->id(), advert_frame(1), 1),
            SendOutcome::queued);
  EXPECT_EQ(rte_mempool_in_use_count(received), 0U);
  EXPECT_EQ(rte_mempool_in_use_count(own), 1U);
}

TEST(Runtime, TakesDownWhatItStartedWhenAPortIsMissing) {
  RingPort wire("r_half");
  const PortConfig ports[] = {{.name = wire.name()}, {.name = "net_ring_missing"}};
  EXPECT_THROW(Runtime(eal_under_test(), ports, {}), StartError);
}

}  // namespace
}  // namespace carp::dpdk
