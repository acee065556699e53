// SPDX-License-Identifier: BSD-3-Clause
//
// Frames that control sends by way of a worker: each is completed once, in order, and those that
// were completed as sent are the ones on the wire.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "lib/dpdk/transmitter.h"
#include "tests/race/pauses.h"
#include "tests/race/rig.h"

namespace carp::race {
namespace {

constexpr unsigned kSeed = 20261123;
constexpr uint32_t kFrames = 10'000;
constexpr uint64_t kAnHourMs = 3'600'000;

// What became of all frames, by their tokens in the order of completion, and what was on the wire.
struct Outcome {
  std::vector<dpdk::SendToken> sent;
  std::vector<dpdk::SendToken> given_up;
  std::vector<dpdk::SendToken> on_wire;
  uint32_t refused = 0;  // for the ring, or the pool, was full at first
};

// Sends kFrames numbered frames; a refused one is tried again.
Outcome send_all(WorkerRig& rig, uint64_t patience_ms) {
  const dpdk::TransmitPort port{rig.topology().control.at(0), &rig.pool()};
  dpdk::Mailbox* mailbox = &rig.mailbox();
  dpdk::Transmitter transmitter({&port, 1}, {&mailbox, 1}, patience_ms);
  EXPECT_EQ(transmitter.control_tx(rig.port()), dpdk::ControlTx::shared);
  Outcome outcome;
  std::atomic<bool> running{true};
  std::thread worker([&] {
    Pauses pauses(kSeed + 1);
    while (running.load(std::memory_order_relaxed)) {
      rig.worker().poll_once();
      for (const net::Frame& frame : rig.take_sent()) outcome.on_wire.push_back(number_of(frame));
      pauses.maybe();
    }
  });
  Pauses pauses(kSeed);
  const dpdk::OnSent on_sent = [&](dpdk::SendToken token, bool sent) {
    (sent ? outcome.sent : outcome.given_up).push_back(token);
  };
  for (uint32_t number = 0; number < kFrames;) {
    switch (transmitter.send(rig.port(), advert_frame(number), number)) {
      case dpdk::SendOutcome::queued: ++number; break;
      case dpdk::SendOutcome::sent: ADD_FAILURE() << "control has no queue here"; break;
      default: ++outcome.refused; transmitter.collect(on_sent);
    }
    if (pauses.below(64) == 0) transmitter.collect(on_sent);
    pauses.maybe();
  }
  while (!transmitter.is_idle()) transmitter.collect(on_sent);
  running = false;
  worker.join();
  return outcome;
}

[[nodiscard]] std::vector<dpdk::SendToken> all_tokens() {
  std::vector<dpdk::SendToken> tokens(kFrames);
  for (uint32_t i = 0; i < kFrames; ++i) tokens[i] = i;
  return tokens;
}

TEST(RacePriority, EachFrameIsSentOnceInOrderAndSaidSo) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  WorkerRig rig(0);
  const Outcome outcome = send_all(rig, kAnHourMs);
  EXPECT_TRUE(outcome.sent == all_tokens());
  EXPECT_TRUE(outcome.on_wire == all_tokens());
  EXPECT_TRUE(outcome.given_up.empty());
  EXPECT_EQ(rig.status().priority_sent.get(), kFrames);
  EXPECT_EQ(rig.pool().available(), rig.pool().size());
}

// No patience at all: every frame is too late, and none is on the wire.
TEST(RacePriority, AFrameThatIsTooLateIsGivenUpAndSaidSo) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  WorkerRig rig(0);
  const Outcome outcome = send_all(rig, 0);
  EXPECT_TRUE(outcome.given_up == all_tokens());
  EXPECT_TRUE(outcome.sent.empty());
  EXPECT_TRUE(outcome.on_wire.empty());
  EXPECT_EQ(rig.status().priority_late.get(), kFrames);
  EXPECT_EQ(rig.pool().available(), rig.pool().size());
}

}  // namespace
}  // namespace carp::race
