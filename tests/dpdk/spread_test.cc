// SPDX-License-Identifier: BSD-3-Clause
//
// Two workers of one card. What the first cannot keep up with the second answers; nothing is lost,
// nothing comes twice, and nothing is passed on where that would help nobody.
#include "lib/dpdk/spread.h"

#include <gtest/gtest.h>

#include <map>

#include "lib/dpdk/mbuf.h"
#include "tests/dpdk/scene.h"
#include "tests/support/frame_matcher.h"

namespace carp::dpdk {
namespace {

using dataplane::Reason;

constexpr unsigned kBurst = 32;
// Served by the giver before it gives: the last burst of these is the one that it times.
constexpr unsigned kBefore = kBehindFrames;
// Giving always pays: what a burst takes on this machine must not decide here.
constexpr WorkerConfig kGives{.give_cycles = 0};

// The scene's worker gives, this one takes; each has its queue of the card.
struct Helped {
  explicit Helped(const std::string& label, const WorkerConfig& config = kGives)
      : scene(label, {.ring = {.rx_queues = 2, .tx_queues = 3, .ring_size = 2048},
                      .worker = config,
                      .workers = 2}),
        taker(config, scene.topology.workers.at(1), mailbox, scene.spread.ends_of(1)) {}

  // Requests of as many clients, all different.
  void deliver(unsigned count, unsigned queue = 0) {
    for (unsigned i = 0; i < count; ++i) {
      net::Frame frame = request_frame();
      frame[29] = 1;  // of the sender's address: 10.1.0.0 and on
      frame[30] = static_cast<uint8_t>(clients >> 8);
      frame[31] = static_cast<uint8_t>(clients++);
      scene.deliver(frame, queue);
    }
  }
  // How often each client was answered, by both.
  [[nodiscard]] std::map<unsigned, unsigned> answers() {
    std::map<unsigned, unsigned> of_client;
    for (const unsigned queue : {0U, 1U})
      for (const net::Frame& reply : scene.wire.take_sent(queue))
        ++of_client[unsigned{reply[40]} << 8 | reply[41]];  // target's address
    return of_client;
  }
  void expect_each_answered_once() {
    const auto of_client = answers();
    EXPECT_EQ(of_client.size(), clients);
    for (const auto& [client, times] : of_client) EXPECT_EQ(times, 1U) << client;
  }
  [[nodiscard]] uint64_t taken() const { return taker.status().counters.received.get(); }
  [[nodiscard]] uint64_t handed_over() const { return scene.worker.status().handed_over.get(); }

  Scene scene;
  Mailbox mailbox{1, 0};
  Worker taker;
  unsigned clients = 0;
};

TEST(Spread, HandsOverNothingWhileItKeepsUp) {
  Helped pair("sp_calm");
  const auto table = pair.scene.make_table(1);
  ASSERT_TRUE(pair.scene.mailbox.post(&table));
  for (int round = 0; round < 20; ++round) {
    pair.deliver(kBefore + kBurst - 1);
    while (pair.scene.worker.poll_once()) {
    }
    EXPECT_EQ(pair.scene.wire.take_sent().size(), kBefore + kBurst - 1);
  }
  EXPECT_EQ(pair.handed_over(), 0U);
}

// To serve a burst never takes so long that it would pay to give it away.
TEST(Spread, HandsOverNothingWhereThatCostsMoreThanServing) {
  Helped pair("sp_dear", {.give_cycles = ~uint32_t{0}});
  const auto table = pair.scene.make_table(1);
  ASSERT_TRUE(pair.scene.mailbox.post(&table));
  pair.deliver(1000);
  while (pair.scene.worker.poll_once()) {
  }
  EXPECT_EQ(pair.handed_over(), 0U);
  EXPECT_EQ(pair.scene.count(Reason::arp_answered), 1000U);
}

// 300 frames at once: four bursts are answered, then as many handed over as the ring holds; for
// the rest there is no room, so the giver answers them itself.
TEST(Spread, HandsOverWhatFitsAndServesTheRest) {
  Helped pair("sp_fits");
  const auto table = pair.scene.make_table(1);
  ASSERT_TRUE(pair.scene.mailbox.post(&table));
  ASSERT_TRUE(pair.mailbox.post(&table));
  pair.deliver(300);
  while (pair.scene.worker.poll_once()) {
  }
  EXPECT_EQ(pair.handed_over(), kHandoverRingSize);
  EXPECT_EQ(pair.scene.worker.status().counters.received.get(), 300 - kHandoverRingSize);
  EXPECT_EQ(pair.scene.sum_of_reasons(), 300 - kHandoverRingSize);
  for (unsigned polls = 1; polls <= kHandoverRingSize / kBurst; ++polls) {
    EXPECT_TRUE(pair.taker.poll_once());
    EXPECT_EQ(pair.taken(), polls * kBurst);  // a burst a poll
  }
  EXPECT_FALSE(pair.taker.poll_once());
  EXPECT_EQ(pair.taker.status().counters.of(Reason::arp_answered).get(), kHandoverRingSize);
  EXPECT_EQ(pair.scene.wire.sent_count(1), kHandoverRingSize);
  pair.expect_each_answered_once();
  EXPECT_EQ(pair.scene.pool.available(), pair.scene.pool.size());
}

// Room for a part of a burst: the first frames go, the others are answered at once.
TEST(Spread, SplitsABurst) {
  Helped pair("sp_split", {.burst = 48, .give_cycles = 0});
  const auto table = pair.scene.make_table(1);
  ASSERT_TRUE(pair.scene.mailbox.post(&table));
  ASSERT_TRUE(pair.mailbox.post(&table));
  pair.deliver(48 * 6);  // three kept, two given, 32 given and 16 kept
  while (pair.scene.worker.poll_once()) {
  }
  EXPECT_EQ(pair.handed_over(), kHandoverRingSize);
  EXPECT_EQ(pair.scene.count(Reason::arp_answered), 48U * 6 - kHandoverRingSize);
  while (pair.taker.poll_once()) {
  }
  pair.expect_each_answered_once();
}

TEST(Spread, EndsWithTheFirstBurstThatIsNotFull) {
  Helped pair("sp_ends");
  const auto table = pair.scene.make_table(1);
  ASSERT_TRUE(pair.scene.mailbox.post(&table));
  pair.deliver(kBefore + kBurst + 1);
  while (pair.scene.worker.poll_once()) {
  }
  EXPECT_EQ(pair.handed_over(), kBurst);
  pair.deliver(kBefore);
  while (pair.scene.worker.poll_once()) {
  }
  EXPECT_EQ(pair.handed_over(), kBurst);
}

// Both are behind: to pass frames on would only cost. Who has seen the bottom of its queue again
// takes again.
TEST(Spread, GivesNothingToAWorkerThatIsBehindItself) {
  Helped pair("sp_both");
  const auto table = pair.scene.make_table(1);
  ASSERT_TRUE(pair.scene.mailbox.post(&table));
  ASSERT_TRUE(pair.mailbox.post(&table));
  pair.deliver(10 * kBurst, 0);
  pair.deliver(10 * kBurst, 1);
  for (unsigned i = 1; i < kBehindFrames / kBurst; ++i) {
    pair.scene.worker.poll_once();
    pair.taker.poll_once();
  }
  // One burst more for each and they are behind; the first still finds the other one open.
  pair.scene.worker.poll_once();
  pair.scene.worker.poll_once();
  EXPECT_EQ(pair.handed_over(), kBurst);
  pair.taker.poll_once();
  EXPECT_EQ(pair.taken(), kBehindFrames + kBurst);  // taken though closed: it must not grow old
  for (unsigned i = 0; i < 5; ++i) {
    pair.scene.worker.poll_once();
    pair.taker.poll_once();
  }
  EXPECT_EQ(pair.handed_over(), kBurst);
  EXPECT_EQ(pair.taker.status().handed_over.get(), 0U);
  while (pair.taker.poll_once()) {  // to the bottom
  }
  pair.deliver(kBurst);
  pair.scene.worker.poll_once();
  EXPECT_EQ(pair.handed_over(), 2 * kBurst);
  pair.taker.poll_once();
  pair.expect_each_answered_once();
}

// A taker has a table of its own: here it is ahead by one in which it is MASTER no more (D22), and
// what was handed to it is decided by that.
TEST(Spread, ATakerDecidesByItsOwnTable) {
  Helped pair("sp_table");
  const auto master = pair.scene.make_table(1);
  const auto backup = pair.scene.make_table(2, false);
  ASSERT_TRUE(pair.scene.mailbox.post(&master));
  ASSERT_TRUE(pair.mailbox.post(&master));
  pair.deliver(kBefore + 2 * kBurst);
  while (pair.scene.worker.poll_once()) {
  }
  EXPECT_EQ(pair.handed_over(), 2 * kBurst);
  pair.taker.poll_once();  // one burst by the first table
  ASSERT_TRUE(pair.mailbox.post(&backup));
  pair.taker.poll_once();
  EXPECT_EQ(pair.taker.status().applied_generation.load(), 2U);
  EXPECT_EQ(pair.scene.count(Reason::arp_answered), kBefore);
  EXPECT_EQ(pair.taker.status().counters.of(Reason::arp_answered).get(), kBurst);
  EXPECT_EQ(pair.taker.status().counters.of(Reason::not_master).get(), kBurst);
  EXPECT_EQ(pair.answers().size(), kBefore + kBurst);
  EXPECT_EQ(pair.scene.pool.available(), pair.scene.pool.size());
}

TEST(Spread, ATakerHandsControlWhatControlWants) {
  Helped pair("sp_punt");
  const auto table = pair.scene.make_table(1);
  ASSERT_TRUE(pair.scene.mailbox.post(&table));
  ASSERT_TRUE(pair.mailbox.post(&table));
  pair.deliver(kBefore);
  for (unsigned i = 0; i < kBurst; ++i) pair.scene.deliver(advert_frame(i));
  while (pair.scene.worker.poll_once()) {
  }
  EXPECT_EQ(pair.handed_over(), kBurst);
  EXPECT_EQ(pair.scene.count(Reason::advert), 0U);
  pair.taker.poll_once();
  uint64_t mark = 0;
  EXPECT_EQ(pair.mailbox.take_adverts(2 * kBurst,
                                      [&](dataplane::PortId port, net::ConstBytes frame) {
                                        EXPECT_EQ(port, pair.scene.port.id());
                                        EXPECT_TRUE(support::same_frame(frame, advert_frame(mark)));
                                        ++mark;
                                      }),
            kBurst);
  EXPECT_EQ(pair.scene.pool.available(), pair.scene.pool.size() - kBefore);
  EXPECT_EQ(pair.scene.wire.take_sent().size(), kBefore);
}

// Stopped with rings full of frames: they go back to the pool with the rings.
TEST(Spread, FreesWhatIsOnItsWayWhenItEnds) {
  MbufPool pool("sp_stop", {.descriptors = 1024}, 0);
  {
    Spread spread(std::vector<Handover>{{0, 0, 1, 0}, {0, 1, 0, 1}}, std::vector<int>{0, 0});
    std::vector<rte_mbuf*> frames(kHandoverRingSize);
    for (const unsigned giver : {0U, 1U}) {
      ASSERT_EQ(rte_pktmbuf_alloc_bulk(pool.handle(), frames.data(), kHandoverRingSize), 0);
      EXPECT_EQ(spread.ends_of(giver).gives.at(0)->give(frames), kHandoverRingSize);
    }
    EXPECT_EQ(pool.available(), pool.size() - 2 * kHandoverRingSize);
  }
  EXPECT_EQ(pool.available(), pool.size());
}

TEST(Spread, AClosedRingTakesNothingAndGivesWhatItHas) {
  MbufPool pool("sp_shut", {.descriptors = 64}, 0);
  Spread spread(std::vector<Handover>{{3, 0, 1, 2}}, std::vector<int>{0, 0});
  HandoverRing& ring = *spread.ends_of(0).gives.at(0);
  EXPECT_EQ(spread.ends_of(1).takes.at(0), &ring);
  EXPECT_TRUE(spread.ends_of(0).takes.empty());
  EXPECT_TRUE(spread.ends_of(1).gives.empty());
  std::vector<rte_mbuf*> frames(4);
  ASSERT_EQ(rte_pktmbuf_alloc_bulk(pool.handle(), frames.data(), 4), 0);
  EXPECT_EQ(ring.give(std::span(frames).first(2)), 2U);
  ring.set_open(false);
  EXPECT_EQ(ring.give(std::span(frames).last(2)), 0U);
  std::vector<rte_mbuf*> taken(4);
  EXPECT_EQ(ring.take(taken), 2U);
  ring.set_open(true);
  EXPECT_EQ(ring.give(std::span(frames).last(2)), 2U);
  rte_pktmbuf_free_bulk(taken.data(), 2);
}

}  // namespace
}  // namespace carp::dpdk
