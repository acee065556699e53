// SPDX-License-Identifier: BSD-3-Clause
//
// What workers hand to control: whole, in order, once; what finds no room is the newest, counted,
// and never an advertisement for an ARP frame's sake.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/race/pauses.h"
#include "tests/race/rig.h"

namespace carp::race {
namespace {

using dataplane::Reason;

constexpr unsigned kSeed = 20261123;
constexpr uint32_t kAdverts = 5'000;
constexpr size_t kAll = ~size_t{0};

// What control took out of one ring.
struct Taken {
  uint32_t count = 0;
  uint32_t next = 0;     // lowest number that may come
  uint32_t skipped = 0;  // numbers that never came
  uint32_t wrong = 0;    // out of order, or not as it was sent

  void note(uint32_t number, const net::Frame& sent, net::ConstBytes frame) {
    if (number < next || !std::equal(frame.begin(), frame.end(), sent.begin(), sent.end())) ++wrong;
    skipped += number - next;
    next = number + 1;
    ++count;
  }
};

class RacePunt : public testing::Test {
 protected:
  RacePunt() {
    leases_.set(kLease, kForever);
    table_ = make_table(1, leases_, {&rig_});
    EXPECT_TRUE(rig_.mailbox().post(table_.get()));
  }

  void take_adverts(size_t limit) {
    (void)rig_.mailbox().take_adverts(limit, [this](auto, net::ConstBytes frame) {
      adverts_.note(number_of(frame), advert_frame(number_of(frame)), frame);
    });
  }
  void take_conflicts(size_t limit) {
    (void)rig_.mailbox().take_conflicts(limit, [this](auto, net::ConstBytes frame) {
      conflicts_.note(number_of(frame), conflict_frame(number_of(frame)), frame);
    });
  }
  void expect_no_mbuf_lost() { EXPECT_EQ(rig_.pool().available(), rig_.pool().size()); }

  dataplane::LeaseBoard leases_;
  WorkerRig rig_{0};
  std::unique_ptr<const dataplane::ForwardTable> table_;
  Taken adverts_;
  Taken conflicts_;
};

// An ARP storm of four frames for each advertisement, and a control that looks now and then. There
// are never more advertisements on the way than their ring holds, so each must arrive.
TEST_F(RacePunt, ConflictsDisplaceNoAdvert) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  constexpr uint32_t kStorm = 4;
  std::atomic<uint32_t> taken{0};
  std::thread worker([&] {
    Pauses pauses(kSeed + 1);
    uint32_t conflicts = 0;
    for (uint32_t i = 0; i < kAdverts; ++i) {
      while (i >= taken.load(std::memory_order_relaxed) + dpdk::kAdvertLaneSize)
        std::this_thread::yield();
      for (uint32_t j = 0; j < kStorm; ++j) rig_.deliver(conflict_frame(conflicts++));
      rig_.deliver(advert_frame(i));
      while (rig_.worker().poll_once()) {
      }
      pauses.maybe();
    }
  });
  Pauses pauses(kSeed);
  while (adverts_.count < kAdverts && adverts_.skipped == 0) {
    take_adverts(pauses.below(64));
    taken.store(adverts_.count, std::memory_order_relaxed);
    if (pauses.below(4) == 0) take_conflicts(32);
    pauses.maybe();
  }
  taken = kAdverts;  // whatever went wrong, the worker's thread ends
  worker.join();
  take_conflicts(kAll);
  EXPECT_EQ(adverts_.count, kAdverts);
  EXPECT_EQ(adverts_.skipped + adverts_.wrong + conflicts_.wrong, 0U);
  EXPECT_EQ(rig_.count(Reason::advert), kAdverts);
  EXPECT_EQ(conflicts_.count + rig_.count(Reason::conflict_limited), kAdverts * kStorm);
  expect_no_mbuf_lost();
}

// Control is away until its ring has overflown, again and again: it finds the oldest ones without a
// gap, the rest is counted.
TEST_F(RacePunt, WhatALateControlMissesIsTheNewestAndCounted) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  constexpr uint32_t kRounds = 8;
  constexpr uint32_t kARound = dpdk::kAdvertLaneSize + 300;
  std::atomic<uint32_t> rounds_sent{0};
  std::atomic<uint32_t> rounds_taken{0};
  std::thread worker([&] {
    Pauses pauses(kSeed + 2);
    for (uint32_t i = 0; i < kRounds * kARound; ++i) {
      rig_.deliver(advert_frame(i));
      rig_.worker().poll_once();
      if ((i + 1) % kARound != 0) continue;
      ++rounds_sent;
      while (rounds_taken != rounds_sent) pauses.maybe();
    }
  });
  for (uint32_t round = 0; round < kRounds; ++round) {
    while (rounds_sent == round) std::this_thread::yield();
    EXPECT_EQ(rig_.count(Reason::advert_limited), 300U * (round + 1));
    adverts_ = {.next = round * kARound};
    take_adverts(kAll);
    EXPECT_EQ(adverts_.count, dpdk::kAdvertLaneSize);
    EXPECT_EQ(adverts_.skipped + adverts_.wrong, 0U);
    ++rounds_taken;
  }
  worker.join();
  expect_no_mbuf_lost();
}

// Both at full speed with random pauses: nothing comes twice, out of order or changed, and what
// did not come was counted.
TEST_F(RacePunt, EveryFrameIsTakenOrCounted) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::atomic<bool> running{true};
  std::thread worker([&] {
    Pauses pauses(kSeed + 3);
    for (uint32_t i = 0; i < kAdverts; ++i) {
      rig_.deliver(advert_frame(i));
      rig_.deliver(conflict_frame(i));
      if (i % 64 != 63 && pauses.below(32) != 0) continue;
      while (rig_.worker().poll_once()) {
      }
      pauses.maybe();
    }
    while (rig_.worker().poll_once()) {
    }
    running = false;
  });
  Pauses pauses(kSeed + 4);
  while (running) {
    take_adverts(pauses.below(256));
    take_conflicts(pauses.below(32));
    pauses.maybe();
  }
  worker.join();
  take_adverts(kAll);
  take_conflicts(kAll);
  EXPECT_EQ(adverts_.wrong + conflicts_.wrong, 0U);
  EXPECT_EQ(adverts_.count, rig_.count(Reason::advert));
  EXPECT_EQ(adverts_.count + rig_.count(Reason::advert_limited), kAdverts);
  EXPECT_EQ(conflicts_.count + rig_.count(Reason::conflict_limited), kAdverts);
  expect_no_mbuf_lost();
}

}  // namespace
}  // namespace carp::race
