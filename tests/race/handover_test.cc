// SPDX-License-Identifier: BSD-3-Clause
//
// What one worker hands to another: every frame is decided once, whole, by one of the two and by a
// table that this one has, while control changes tables and both pause where they like.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <map>
#include <thread>

#include "lib/dpdk/spread.h"
#include "tests/race/pauses.h"
#include "tests/race/rig.h"

namespace carp::race {
namespace {

using dataplane::Reason;

constexpr unsigned kSeed = 20261123;
constexpr unsigned kRounds = 100;
constexpr unsigned kARound = 400;  // frames at once: more than it takes to be behind
constexpr unsigned kTables = 10;
constexpr std::array<int, 2> kSockets{};
// Offsets in an ARP frame: the last bytes of the sender's IP address, and of the target's.
constexpr size_t kSenderIp = 28;
constexpr size_t kTargetIp = 38;

// Two workers of one fake card. The giver's thread delivers; each takes what it sent itself.
class RaceHandover : public testing::Test {
 protected:
  RaceHandover() {
    leases_.set(kLease, kForever);
    port_.start(pool_);
    const dpdk::PortQueues queues{port_.id(), port_.queues()};
    const dpdk::Topology topology = dpdk::plan_topology({&queues, 1}, 2);
    spread_ = std::make_unique<dpdk::Spread>(dpdk::plan_handovers(topology), kSockets);
    for (const unsigned number : {0U, 1U}) {
      mailboxes_[number] = std::make_unique<dpdk::Mailbox>(number, 0);
      workers_[number] = std::make_unique<dpdk::Worker>(
          dpdk::WorkerConfig{.give_cycles = 0}, topology.workers.at(number), *mailboxes_[number],
          spread_->ends_of(number));
    }
    for (uint64_t generation = 1; generation <= kTables; ++generation)
      tables_.push_back(
          make_table(generation, leases_, std::vector<dataplane::PortId>{port_.id()}));
  }

  void post(unsigned table) {
    for (const auto& mailbox : mailboxes_) EXPECT_TRUE(mailbox->post(tables_[table].get()));
  }
  void deliver(unsigned client) {
    net::Frame frame = request_frame();
    frame[kSenderIp + 1] = 1;
    frame[kSenderIp + 2] = static_cast<uint8_t>(client >> 8);
    frame[kSenderIp + 3] = static_cast<uint8_t>(client);
    wire_.deliver(pool_, frame);
  }
  // What a worker sent: how often each client was answered, and that tables only got newer.
  struct Sent {
    std::map<unsigned, unsigned> answers;
    uint64_t generation = 0;
    unsigned older = 0;
  };
  void note_sent(unsigned worker, Sent& sent) {
    for (const net::Frame& reply : wire_.take_sent(worker)) {
      ++sent.answers[unsigned{reply[kTargetIp + 2]} << 8 | reply[kTargetIp + 3]];
      sent.older += generation_of(reply) < sent.generation ? 1U : 0U;
      sent.generation = generation_of(reply);
    }
  }
  [[nodiscard]] const dpdk::WorkerStatus& status(unsigned worker) const {
    return workers_[worker]->status();
  }

  // In the order of need: the last one goes first.
  dataplane::LeaseBoard leases_;
  std::vector<std::unique_ptr<const dataplane::ForwardTable>> tables_;
  dpdk::MbufPool pool_{"race_spread", {.descriptors = 4096}, 0};
  dpdk::RingPort wire_{"race_wide", {.rx_queues = 2, .tx_queues = 2}};
  dpdk::Port port_{{.name = wire_.name()}, 2};
  std::unique_ptr<dpdk::Spread> spread_;
  std::array<std::unique_ptr<dpdk::Mailbox>, 2> mailboxes_;
  std::array<std::unique_ptr<dpdk::Worker>, 2> workers_;
};

TEST_F(RaceHandover, EachFrameIsAnsweredOnceByOneOfThem) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  post(0);
  std::array<Sent, 2> sent;
  std::atomic<bool> delivering{true};
  std::thread giver([&] {
    Pauses pauses(kSeed + 1);
    for (unsigned round = 0; round < kRounds; ++round) {
      for (unsigned i = 0; i < kARound; ++i) deliver(round * kARound + i);
      while (workers_[0]->poll_once()) pauses.maybe();
      note_sent(0, sent[0]);
    }
    delivering = false;
  });
  std::thread taker([&] {
    Pauses pauses(kSeed + 2);
    bool more = true;
    while (more) {
      more = delivering;  // before the poll: what was given until then is seen by it
      more |= workers_[1]->poll_once();
      note_sent(1, sent[1]);
      pauses.maybe();
    }
  });
  Pauses pauses(kSeed);
  for (unsigned table = 1; table < kTables; ++table) {
    const uint64_t polls = status(0).polls.get();
    while (delivering && status(0).polls.get() < polls + kRounds) pauses.maybe();
    post(table);
  }
  giver.join();
  taker.join();
  EXPECT_EQ(sent[0].older + sent[1].older, 0U);
  EXPECT_GT(status(0).handed_over.get(), 0U);
  EXPECT_EQ(status(0).handed_over.get(), status(1).counters.of(Reason::arp_answered).get());
  EXPECT_EQ(status(1).handed_over.get(), 0U);
  EXPECT_EQ(sent[0].answers.size() + sent[1].answers.size(), kRounds * kARound);
  sent[0].answers.merge(sent[1].answers);
  EXPECT_EQ(sent[0].answers.size(), kRounds * kARound);
  for (const auto& [client, times] : sent[0].answers) ASSERT_EQ(times, 1U) << client;
  EXPECT_EQ(pool_.available(), pool_.size());
}

}  // namespace
}  // namespace carp::race
