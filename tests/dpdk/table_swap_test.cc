// SPDX-License-Identifier: BSD-3-Clause
//
// The hand-over of tables: adopted between two bursts, given back, confirmed.
#include <gtest/gtest.h>

#include <deque>

#include "tests/dpdk/scene.h"

namespace carp::dpdk {
namespace {

using dataplane::Reason;

// In mid-traffic: frames before the swap are decided by the old table and are with the port when
// the new generation is confirmed; frames after it by the new one.
TEST(TableSwap, ConfirmsAfterEverythingDecidedBeforeIsWithThePort) {
  Scene scene("t_swap", {.worker = {.burst = 4}});
  const auto master = scene.make_table(1, true);
  const auto backup = scene.make_table(2, false);
  ASSERT_TRUE(scene.mailbox.post(&master));
  for (int i = 0; i < 12; ++i) scene.deliver(request_frame());
  scene.worker.poll_once();
  EXPECT_EQ(scene.worker.status().applied_generation.load(), 1U);
  ASSERT_TRUE(scene.mailbox.post(&backup));
  EXPECT_EQ(scene.worker.status().applied_generation.load(), 1U);
  EXPECT_EQ(scene.mailbox.take_retired(), nullptr);
  EXPECT_EQ(scene.wire.take_sent().size(), 4U);
  scene.worker.poll_once();
  EXPECT_EQ(scene.worker.status().applied_generation.load(), 2U);
  EXPECT_EQ(scene.mailbox.take_retired(), &master);
  EXPECT_EQ(scene.mailbox.take_retired(), nullptr);
  scene.worker.poll_once();
  EXPECT_EQ(scene.wire.take_sent().size(), 0U);
  EXPECT_EQ(scene.count(Reason::arp_answered), 4U);
  EXPECT_EQ(scene.count(Reason::not_master), 8U);
}

TEST(TableSwap, AdoptsTheNewestAndGivesBackTheOvertaken) {
  Scene scene("t_newest");
  const auto first = scene.make_table(1);
  const auto second = scene.make_table(2);
  const auto third = scene.make_table(3);
  ASSERT_TRUE(scene.mailbox.post(&first));
  ASSERT_TRUE(scene.mailbox.post(&second));
  ASSERT_TRUE(scene.mailbox.post(&third));
  scene.worker.poll_once();
  EXPECT_EQ(scene.worker.status().applied_generation.load(), 3U);
  EXPECT_EQ(scene.mailbox.take_retired(), &first);
  EXPECT_EQ(scene.mailbox.take_retired(), &second);
  EXPECT_EQ(scene.mailbox.take_retired(), nullptr);
}

TEST(TableSwap, RefusesMoreTablesThanAWorkerThatNeverAdoptsCanHold) {
  Scene scene("t_never");
  const auto table = scene.make_table(1);
  for (unsigned i = 0; i < kTableRingSize; ++i) ASSERT_TRUE(scene.mailbox.post(&table));
  EXPECT_FALSE(scene.mailbox.post(&table));
  EXPECT_EQ(scene.worker.status().applied_generation.load(), 0U);
  EXPECT_EQ(scene.mailbox.take_retired(), nullptr);
}

// Control takes nothing back: the worker stays with a table that can't be freed under it, and goes
// on as soon as there is room.
TEST(TableSwap, WaitsWhenTheRetiredRingIsFull) {
  Scene scene("t_full");
  std::deque<dataplane::ForwardTable> tables;
  for (unsigned i = 1; i <= 2 * kTableRingSize; ++i) tables.push_back(scene.make_table(i));
  for (const auto& table : tables) {
    ASSERT_TRUE(scene.mailbox.post(&table));
    scene.worker.poll_once();
  }
  // The retired ring holds one table more than the other ring, and one is in use.
  EXPECT_EQ(scene.worker.status().applied_generation.load(), kTableRingSize + 2);
  for (const auto& table : tables) {
    if (&table == &tables.back()) break;
    EXPECT_EQ(scene.mailbox.take_retired(), &table);
    scene.worker.poll_once();
  }
  EXPECT_EQ(scene.worker.status().applied_generation.load(), 2 * kTableRingSize);
  EXPECT_EQ(scene.mailbox.take_retired(), nullptr);
}

}  // namespace
}  // namespace carp::dpdk
