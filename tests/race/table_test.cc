// SPDX-License-Identifier: BSD-3-Clause
//
// The hand-over of tables: every one is freed once, none that a worker may still read; a worker's
// generation only grows; what it confirmed is true.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "lib/control/publisher.h"
#include "lib/dpdk/tsc_clock.h"
#include "tests/race/pauses.h"
#include "tests/race/rig.h"
#include "tests/race/table_count.h"

namespace carp::race {
namespace {

constexpr unsigned kSeed = 20261123;
constexpr uint64_t kTables = 2000;
// A worker holds what is in its two rings, and the table in use.
constexpr size_t kHeldByOne = dpdk::kTableRingSize + (dpdk::kTableRingSize + 1) + 1;

// What the worker's thread saw on its wire, by generation. Plain variables on purpose: control
// reads those of generations that are over, and only the order of applied_generation allows it.
struct Ledger {
  std::vector<uint64_t> replies = std::vector<uint64_t>(kTables + 1);
  uint64_t wrong = 0;  // decided by another table than the one confirmed
};

// The worker's thread: polls, with a request each time, until told to end. With `naps` it now and
// then does not look for as long as several tables take.
void work(WorkerRig& rig, Ledger& ledger, const std::atomic<bool>& running, unsigned seed,
          bool naps) {
  Pauses pauses(seed);
  const net::Frame request = request_frame();
  uint64_t before = 0;
  while (running.load(std::memory_order_relaxed)) {
    rig.deliver(request);
    rig.worker().poll_once();
    const uint64_t applied = rig.status().applied_generation.load(std::memory_order_relaxed);
    for (const net::Frame& reply : rig.take_sent()) {
      const uint64_t generation = generation_of(reply);
      if (generation != applied || generation < before) ++ledger.wrong;
      before = generation;
      ++ledger.replies.at(generation);
    }
    pauses.maybe();
    if (naps && pauses.below(64) == 0)
      std::this_thread::sleep_for(std::chrono::microseconds(pauses.below(2000)));
  }
}

// Control's end of one test: publishes numbered tables and looks at the ledgers.
class Control {
 public:
  explicit Control(std::vector<WorkerRig*> rigs) : rigs_(std::move(rigs)), freed_(tables_freed()) {
    leases_.set(kLease, kForever);
    std::vector<dpdk::Mailbox*> mailboxes;
    std::vector<const dpdk::Worker*> workers;
    for (WorkerRig* rig : rigs_) {
      mailboxes.push_back(&rig->mailbox());
      workers.push_back(&rig->worker());
    }
    publisher_.emplace(std::move(mailboxes), std::move(workers));
  }

  void publish() {
    auto table = make_table(++generation_, leases_, rigs_);
    count_table(table.get());
    publisher_->publish(std::move(table), dpdk::ticks_now());
    held_max_ = std::max(held_max_, publisher_->tables_held());
  }
  void collect() {
    publisher_->collect();
    EXPECT_EQ(publisher_->tables_held(), tables_alive());
  }
  // Collects until all workers answer by the newest table, which then is the only one.
  void settle() {
    while (publisher_->applied_generation() != generation_) {
      publisher_->collect();
      std::this_thread::yield();
    }
    publisher_->collect();
    EXPECT_EQ(publisher_->tables_held(), 1U);
  }
  void end() { publisher_.reset(); }

  [[nodiscard]] control::Publisher& publisher() { return *publisher_; }
  [[nodiscard]] uint64_t generation() const { return generation_; }
  [[nodiscard]] size_t held_max() const { return held_max_; }
  [[nodiscard]] uint64_t freed() const { return tables_freed() - freed_; }

 private:
  dataplane::LeaseBoard leases_;
  std::vector<WorkerRig*> rigs_;
  std::optional<control::Publisher> publisher_;
  uint64_t generation_ = 0;
  size_t held_max_ = 0;
  uint64_t freed_;
};

// Two workers that nap, and a control that collects when it comes to it. Of a generation that all
// have left behind, no further reply is ever seen.
TEST(RaceTable, EachIsFreedOnceAndNoneAnswersAfterALaterOneWasConfirmed) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  WorkerRig first(0);
  WorkerRig second(1);
  std::vector<Ledger> ledgers(2);
  std::atomic<bool> running{true};
  Control control({&first, &second});
  std::thread one([&] { work(first, ledgers[0], running, kSeed + 1, true); });
  std::thread two([&] { work(second, ledgers[1], running, kSeed + 2, true); });
  Pauses pauses(kSeed);
  uint64_t over = 0;     // generations below this one are over
  uint64_t replies = 0;  // of those
  uint64_t recounted = 0;
  const auto replies_of = [&](uint64_t generation) {
    return ledgers[0].replies[generation] + ledgers[1].replies[generation];
  };
  for (uint64_t i = 0; i < kTables; ++i) {
    control.publish();
    if (pauses.below(4) == 0) control.collect();
    const uint64_t applied = control.publisher().applied_generation();
    EXPECT_GE(applied, over);
    for (; over < applied; ++over) replies += replies_of(over);
    pauses.maybe();
  }
  control.settle();
  for (uint64_t generation = 0; generation < over; ++generation)
    recounted += replies_of(generation);
  EXPECT_EQ(recounted, replies);
  running = false;
  one.join();
  two.join();
  EXPECT_EQ(control.freed(), kTables - 1);
  control.end();
  EXPECT_EQ(control.freed(), kTables);
  EXPECT_EQ(tables_alive(), 0U);
  EXPECT_EQ(ledgers[0].wrong + ledgers[1].wrong, 0U);
  EXPECT_GT(replies, 0U);
}

// A worker that never looks keeps the tables in its ring, and those alone: the others' go on being
// freed behind them. When it looks at last it goes to the newest at once.
TEST(RaceTable, AWorkerThatNeverLooksHoldsNoMoreThanItsRing) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  WorkerRig asleep(0);
  WorkerRig awake(1);
  Ledger ledger;
  std::atomic<bool> running{true};
  Control control({&asleep, &awake});
  std::thread thread([&] { work(awake, ledger, running, kSeed + 3, false); });
  Pauses pauses(kSeed + 4);
  for (uint64_t i = 0; i < kTables; ++i) {
    control.publish();
    control.collect();
    pauses.maybe();
  }
  EXPECT_EQ(control.publisher().applied_generation(), 0U);
  EXPECT_LE(control.held_max(), dpdk::kTableRingSize + kHeldByOne + 1);
  for (int i = 0; control.publisher().applied_generation() != kTables; ++i) {
    ASSERT_LT(i, 1'000'000);
    asleep.worker().poll_once();
    control.collect();
  }
  control.settle();
  running = false;
  thread.join();
  EXPECT_EQ(ledger.wrong, 0U);
  control.end();
  EXPECT_EQ(control.freed(), kTables);
}

// A control that collects nothing for a long time: the worker stays with a table that nobody frees,
// and goes to the newest when it is collected again.
TEST(RaceTable, AControlThatIsLateFreesNothingInUse) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  WorkerRig rig(0);
  Ledger ledger;
  std::atomic<bool> running{true};
  Control control({&rig});
  std::thread thread([&] { work(rig, ledger, running, kSeed + 5, false); });
  Pauses pauses(kSeed + 6);
  for (uint64_t i = 1; i <= kTables; ++i) {
    control.publish();
    pauses.maybe();
    if (i % 500 == 0) control.settle();
  }
  EXPECT_EQ(rig.status().applied_generation.load(), kTables);
  running = false;
  thread.join();
  EXPECT_EQ(ledger.wrong, 0U);
  control.end();
  EXPECT_EQ(control.freed(), kTables);
}

}  // namespace
}  // namespace carp::race
