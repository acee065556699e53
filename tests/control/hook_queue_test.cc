// SPDX-License-Identifier: BSD-3-Clause
//
// Which hook is run when: order, limits, and what becomes of changes that come too fast.
#include "lib/control/hook_queue.h"

#include <gtest/gtest.h>

#include <random>

namespace carp::control {
namespace {

using proto::Reason;
using proto::State;

const std::vector<std::string> kOne = {"/a"};
const std::vector<std::string> kTwo = {"/a", "/b"};

[[nodiscard]] StateChange change(const std::string& name, State from, State to) {
  return {name, 1, "lan0", from, to, Reason::forced};
}
[[nodiscard]] StateChange to_master(const std::string& name) {
  return change(name, State::backup, State::master);
}
[[nodiscard]] StateChange to_backup(const std::string& name) {
  return change(name, State::master, State::backup);
}

TEST(HookQueue, AllProgramsOfAChangeRunBeforeTheNextChange) {
  HookQueue queue;
  queue.add(to_master("carp0"));
  queue.add(to_backup("carp0"));
  for (const StateChange& told : {to_master("carp0"), to_backup("carp0")}) {
    for (const std::string& program : kTwo) {
      const auto run = queue.next(kTwo);
      ASSERT_TRUE(run);
      EXPECT_EQ(run->program, program);
      EXPECT_EQ(run->change, told);
      EXPECT_FALSE(queue.next(kTwo)) << "one at a time";
      queue.on_ended("carp0");
    }
  }
  EXPECT_TRUE(queue.is_idle());
}

TEST(HookQueue, OneThatHangsHoldsUpItsOwnVirtualHostAlone) {
  HookQueue queue;
  queue.add(to_master("carp0"));
  queue.add(to_backup("carp0"));
  ASSERT_TRUE(queue.next(kOne));
  queue.add(to_master("carp1"));
  const auto run = queue.next(kOne);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->change.name, "carp1");
  EXPECT_FALSE(queue.next(kOne));
}

TEST(HookQueue, FewRunAtOnceWhateverTheNumberOfVirtualHosts) {
  HookQueue queue;
  for (int i = 0; i < 100; ++i) queue.add(to_master("carp" + std::to_string(i)));
  std::vector<std::string> running;
  while (const auto run = queue.next(kOne)) running.push_back(run->change.name);
  EXPECT_EQ(running.size(), kHooksAtOnce);
  queue.on_ended(running[1]);
  EXPECT_EQ(queue.next(kOne)->change.name, "carp4");
  EXPECT_FALSE(queue.next(kOne));
}

// The line of a virtual host whose hook hangs, with changes for ever.
TEST(HookQueue, TheOldestOfTooManyChangesBecomeOne) {
  HookQueue queue;
  queue.add(change("carp0", State::init, State::backup));
  ASSERT_TRUE(queue.next(kOne));
  queue.add(to_master("carp0"));
  queue.add(change("carp0", State::master, State::init));
  queue.add(change("carp0", State::init, State::backup));
  for (size_t i = 3; i < kChangesInLine; ++i)
    queue.add(i % 2 != 0 ? to_master("carp0") : to_backup("carp0"));
  queue.add(to_backup("carp0"));
  queue.on_ended("carp0");
  const auto run = queue.next(kOne);
  EXPECT_EQ(run->change, change("carp0", State::backup, State::init));
  EXPECT_EQ(run->left_out, 1u);
}

TEST(HookQueue, ChangesThatComeToNothingAreNotTold) {
  HookQueue queue;
  queue.add(change("carp0", State::init, State::backup));
  ASSERT_TRUE(queue.next(kOne));
  for (size_t i = 0; i <= kChangesInLine; ++i)
    queue.add(i % 2 == 0 ? to_master("carp0") : to_backup("carp0"));
  queue.on_ended("carp0");
  const auto run = queue.next(kOne);
  EXPECT_EQ(run->change, to_master("carp0"));
  EXPECT_EQ(run->left_out, 2u);
  queue.on_ended("carp0");
  EXPECT_EQ(queue.next(kOne)->left_out, 0u) << "said once";
}

// Random changes under random delays: what is told is a chain from the first state to the last, and
// everything is told or counted.
TEST(HookQueue, WhatIsToldIsAChainToTheLastState) {
  constexpr unsigned kSeed = 20261123;
  std::mt19937 random(kSeed);
  for (int story = 0; story < 200; ++story) {
    HookQueue queue;
    State state = State::init;
    State told = State::init;
    bool is_running = false;
    size_t added = 0;
    uint64_t accounted = 0;
    const auto run_one = [&] {
      if (is_running) queue.on_ended("carp0");
      const auto run = queue.next(kOne);
      is_running = run.has_value();
      if (!run) return;
      EXPECT_EQ(run->change.from, told) << "seed " << kSeed << " story " << story;
      told = run->change.to;
      accounted += 1 + run->left_out;
    };
    for (int i = 0; i < 200; ++i) {
      if (random() % 4 == 0) run_one();
      const auto next = static_cast<State>((static_cast<unsigned>(state) + 1 + random() % 2) % 3);
      queue.add(change("carp0", std::exchange(state, next), next));
      ++added;
    }
    while (!queue.is_idle()) run_one();
    EXPECT_EQ(told, state) << "seed " << kSeed << " story " << story;
    EXPECT_EQ(accounted, added) << "seed " << kSeed << " story " << story;
  }
}

TEST(HookQueue, WhatWaitsCanBeDroppedAndIsCounted) {
  HookQueue queue;
  queue.add(to_master("carp0"));
  queue.add(to_backup("carp0"));
  queue.add(to_master("carp1"));
  ASSERT_TRUE(queue.next(kTwo));
  EXPECT_EQ(queue.drop_waiting(), 2u);
  EXPECT_FALSE(queue.is_idle()) << "one still runs";
  EXPECT_FALSE(queue.next(kTwo));
  queue.on_ended("carp0");
  EXPECT_TRUE(queue.is_idle());
}

}  // namespace
}  // namespace carp::control
