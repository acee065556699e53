// SPDX-License-Identifier: BSD-3-Clause
//
// No mbuf is ever lost, whatever comes in.
#include <gtest/gtest.h>
#include <rte_mbuf.h>

#include <random>

#include "tests/dpdk/scene.h"

namespace carp::dpdk {
namespace {

constexpr unsigned kSeed = 20261123;
constexpr int kFrames = 100'000;

// Noise, and well-formed frames with a few bytes turned over: those get further.
net::Frame garbage(std::mt19937& random) {
  const auto below = [&](unsigned limit) { return random() % limit; };
  net::Frame frame;
  switch (below(4)) {
    case 0:
      frame.resize(below(128));
      for (uint8_t& byte : frame) byte = static_cast<uint8_t>(random());
      return frame;
    case 1: frame = advert_frame(); break;
    case 2: frame = conflict_frame(); break;
    default: frame = request_frame(below(2) == 0 ? net::kUntagged : kVlan); break;
  }
  for (unsigned i = below(4); i > 0; --i) {
    frame[below(static_cast<unsigned>(frame.size()))] ^= static_cast<uint8_t>(1U << below(8));
  }
  frame.resize(below(8) == 0 ? below(static_cast<unsigned>(frame.size())) : frame.size());
  return frame;
}

TEST(Loss, NoMbufIsLostInGarbage) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937 random(kSeed);
  Scene scene("l_garbage");
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  const OnPunt ignore = [](dataplane::PortId, net::ConstBytes) {};
  for (int i = 0; i < kFrames; ++i) {
    scene.deliver(garbage(random));
    if (i % 40 != 0) continue;
    while (scene.worker.poll_once()) {
    }
    (void)scene.wire.take_sent();
    // Now and then control is away for long enough for its rings to fill.
    if (random() % 64 == 0) (void)scene.mailbox.take_adverts(~size_t{0}, ignore);
    if (random() % 64 == 0) (void)scene.mailbox.take_unexpected(~size_t{0}, ignore);
    if (random() % 64 == 0) (void)scene.mailbox.take_invalid(~size_t{0}, ignore);
    if (random() % 64 == 0) (void)scene.mailbox.take_conflicts(~size_t{0}, ignore);
  }
  while (scene.worker.poll_once()) {
  }
  (void)scene.wire.take_sent();
  (void)scene.mailbox.take_adverts(~size_t{0}, ignore);
  (void)scene.mailbox.take_unexpected(~size_t{0}, ignore);
  (void)scene.mailbox.take_invalid(~size_t{0}, ignore);
  (void)scene.mailbox.take_conflicts(~size_t{0}, ignore);
  EXPECT_EQ(scene.pool.available(), scene.pool.size());
  EXPECT_EQ(scene.worker.status().counters.received.get(), uint64_t{kFrames});
  EXPECT_EQ(scene.sum_of_reasons(), uint64_t{kFrames});
  EXPECT_GT(scene.count(dataplane::Reason::arp_answered), 0U);
  EXPECT_GT(scene.count(dataplane::Reason::advert_limited), 0U);
  EXPECT_GT(scene.count(dataplane::Reason::conflict_limited), 0U);
}

// Frames that nobody fetched go back when the mailbox and the worker go.
TEST(Loss, RingsAndWorkerGiveBackWhatTheyHold) {
  MbufPool pool("l_held", {.descriptors = 2048}, 0);
  RingPort wire("l_held", {.tx_queues = 1, .ring_size = 2});
  Port port({.name = wire.name()}, 1);
  port.start(pool);
  {
    Mailbox mailbox(0, 0);
    Worker worker({}, {}, mailbox);
    const auto mbuf = [&] { return rte_pktmbuf_alloc(pool.handle()); };
    for (auto& lane : mailbox.adverts) ASSERT_TRUE(lane.push(mbuf()));
    ASSERT_TRUE(mailbox.unexpected.push(mbuf()));
    ASSERT_TRUE(mailbox.invalid.push(mbuf()));
    ASSERT_TRUE(mailbox.conflicts.push(mbuf()));
    for (SendToken token = 0; token < 40; ++token) {
      ASSERT_TRUE(mailbox.priority.push({mbuf(), token, ~dataplane::Ticks{0}, port.id(), 0, 0}));
    }
    worker.poll_once();
    EXPECT_LT(pool.available(), pool.size());
  }
  (void)wire.take_sent();
  EXPECT_EQ(pool.available(), pool.size());
}

}  // namespace
}  // namespace carp::dpdk
