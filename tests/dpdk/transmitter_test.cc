// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/transmitter.h"

#include <gtest/gtest.h>
#include <rte_mbuf.h>

#include "lib/dpdk/tsc_clock.h"
#include "tests/dpdk/scene.h"

namespace carp::dpdk {
namespace {

// No frame is late on a machine that is busy with other things.
constexpr uint64_t kHourMs = 3'600'000;

using Told = std::vector<std::pair<SendToken, bool>>;

// A scene with control's way to the wire. With one transmit queue it is shared with the worker.
struct Sending : Scene {
  Sending(const std::string& label, const SceneSpec& spec)
      : Scene(label, spec),
        transmit_port{topology.control.at(0), &pool},
        transmitter({&transmit_port, 1}, {&box, 1}, kHourMs) {}

  SendOutcome send(uint8_t mark, SendToken token) {
    return transmitter.send(port.id(), advert_frame(mark), token);
  }
  Told collect() {
    Told told;
    transmitter.collect([&](SendToken token, bool sent) { told.emplace_back(token, sent); });
    return told;
  }

  Mailbox* box = &mailbox;
  TransmitPort transmit_port;
  Transmitter transmitter;
};

constexpr SceneSpec kShared{.ring = {.tx_queues = 1}};

TEST(Transmitter, SendsAtOnceOnAQueueOfItsOwn) {
  Sending scene("x_own", {});
  EXPECT_EQ(scene.transmitter.control_tx(scene.port.id()), ControlTx::own);
  EXPECT_EQ(scene.send(1, 7), SendOutcome::sent);
  EXPECT_EQ(scene.send(2, 8), SendOutcome::sent);
  const auto sent = scene.wire.take_sent(1);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0], advert_frame(1));
  EXPECT_EQ(sent[1], advert_frame(2));
  EXPECT_EQ(scene.wire.sent_count(0), 0U);
  EXPECT_TRUE(scene.collect().empty());
}

TEST(Transmitter, SaysSoWhenItsOwnQueueIsFull) {
  Sending scene("x_ownfull", {.ring = {.ring_size = 4}});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(scene.send(1, 1), SendOutcome::sent);
  EXPECT_EQ(scene.send(1, 1), SendOutcome::refused);
  EXPECT_EQ(scene.pool.available(), scene.pool.size() - 3);
}

TEST(Transmitter, TellsAnEmptyPoolFromAFullPort) {
  Sending scene("x_nobuf", {});
  std::vector<rte_mbuf*> taken;
  while (rte_mbuf* mbuf = rte_pktmbuf_alloc(scene.pool.handle())) taken.push_back(mbuf);
  EXPECT_EQ(scene.send(1, 1), SendOutcome::no_buffer);
  for (rte_mbuf* mbuf : taken) rte_pktmbuf_free(mbuf);
  EXPECT_EQ(scene.send(1, 1), SendOutcome::sent);
}

TEST(Transmitter, SharedFramesLeaveBeforeAnythingElseAndInOrder) {
  Sending scene("x_shared", kShared);
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  EXPECT_EQ(scene.transmitter.control_tx(scene.port.id()), ControlTx::shared);
  scene.deliver(request_frame());
  EXPECT_EQ(scene.send(1, 101), SendOutcome::queued);
  EXPECT_EQ(scene.send(2, 102), SendOutcome::queued);
  EXPECT_TRUE(scene.collect().empty());
  scene.worker.poll_once();
  const auto sent = scene.wire.take_sent();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[0], advert_frame(1));
  EXPECT_EQ(sent[1], advert_frame(2));
  EXPECT_EQ(sent[2], reply_frame());
  EXPECT_EQ(scene.collect(), (Told{{101, true}, {102, true}}));
  EXPECT_TRUE(scene.collect().empty());
}

// A port that takes nothing for a moment delays control's frames, it does not turn their order.
TEST(Transmitter, SharedFramesWaitForAFullPortInOrder) {
  Sending scene("x_wait", {.ring = {.tx_queues = 1, .ring_size = 4}});
  for (uint8_t mark = 0; mark < 5; ++mark) {
    rte_mbuf* mbuf = rte_pktmbuf_alloc(scene.pool.handle());
    const net::Frame bytes = advert_frame(mark);
    std::copy(bytes.begin(), bytes.end(),
              reinterpret_cast<uint8_t*>(rte_pktmbuf_append(mbuf, uint16_t(bytes.size()))));
    ASSERT_TRUE(
        scene.mailbox.priority.push({mbuf, mark, ~dataplane::Ticks{0}, scene.port.id(), 0, 0}));
  }
  scene.worker.poll_once();
  scene.worker.poll_once();
  auto sent = scene.wire.take_sent();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[2], advert_frame(2));
  scene.worker.poll_once();
  sent = scene.wire.take_sent();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0], advert_frame(3));
  EXPECT_EQ(sent[1], advert_frame(4));
}

TEST(Transmitter, SharedFramesThatAreLateAreDroppedAndTold) {
  Sending scene("x_late", kShared);
  rte_mbuf* mbuf = rte_pktmbuf_alloc(scene.pool.handle());
  ASSERT_TRUE(scene.mailbox.priority.push({mbuf, 9, ticks_now(), scene.port.id(), 0, 0}));
  scene.worker.poll_once();
  EXPECT_EQ(scene.wire.sent_count(), 0U);
  Completion completion;
  ASSERT_TRUE(scene.mailbox.completions.pop(completion));
  EXPECT_EQ(completion.token, 9U);
  EXPECT_EQ(completion.sent, 0U);
  EXPECT_EQ(scene.worker.status().priority_late.get(), 1U);
  EXPECT_EQ(scene.pool.available(), scene.pool.size());
}

// The worker never runs: the ring fills, and what does not fit is refused at once.
TEST(Transmitter, RefusesWhenTheWorkerTakesNothing) {
  Sending scene("x_stall", kShared);
  for (unsigned i = 0; i < kPriorityRingSize; ++i) {
    ASSERT_EQ(scene.send(0, i), SendOutcome::queued);
  }
  EXPECT_EQ(scene.send(0, 0), SendOutcome::refused);
}

// Completions that nobody collected count as well: the worker must always find room for one more.
TEST(Transmitter, QueuesNoMoreThanCanBeTold) {
  Sending scene("x_told", kShared);
  unsigned queued = 0;
  while (scene.send(0, queued) == SendOutcome::queued) {
    ++queued;
    scene.worker.poll_once();
    (void)scene.wire.take_sent();
    ASSERT_LE(queued, kPriorityRingSize);
  }
  EXPECT_EQ(queued, kPriorityRingSize);
  EXPECT_EQ(scene.collect().size(), kPriorityRingSize);
  EXPECT_EQ(scene.send(0, 1), SendOutcome::queued);
}

// A port that refuses must not hold up the frames of another port of the same worker.
TEST(Transmitter, OnePortsRefusalDoesNotStopAnother) {
  Scene full("x_two_a", {.ring = {.tx_queues = 1, .ring_size = 2}});
  RingPort other_wire("x_two_b", {.tx_queues = 1});
  Port other({.name = other_wire.name()}, 1);
  other.start(full.pool);
  const auto push = [&](dataplane::PortId port, SendToken token) {
    rte_mbuf* mbuf = rte_pktmbuf_alloc(full.pool.handle());
    rte_pktmbuf_append(mbuf, 60);
    ASSERT_TRUE(full.mailbox.priority.push({mbuf, token, ~dataplane::Ticks{0}, port, 0, 0}));
  };
  push(full.port.id(), 1);
  push(full.port.id(), 2);
  push(other.id(), 3);
  full.worker.poll_once();
  EXPECT_EQ(full.wire.sent_count(), 1U);
  EXPECT_EQ(other_wire.sent_count(), 1U);
  EXPECT_EQ(full.worker.status().priority_sent.get(), 2U);
}

}  // namespace
}  // namespace carp::dpdk
