// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/counters.h"

#include <gtest/gtest.h>

#include <set>

#include "lib/dataplane/lease.h"

namespace carp::dataplane {
namespace {

TEST(Reasons, HaveDifferentNamesAndAText) {
  std::set<std::string_view> names;
  std::set<std::string_view> texts;
  for (const ReasonInfo& reason : kReasons) {
    EXPECT_TRUE(names.insert(reason.name).second) << reason.name;
    EXPECT_TRUE(texts.insert(reason.text).second) << reason.text;
    EXPECT_FALSE(reason.text.empty()) << reason.name;
  }
  EXPECT_EQ(info_of(Reason::advert).name, "advert");
  EXPECT_EQ(verdict_of(Reason::advert), Verdict::punt);
  EXPECT_EQ(verdict_of(Reason::arp_answered), Verdict::transmit);
  EXPECT_EQ(verdict_of(Reason::transmit_full), Verdict::drop);
}

// What control wants to see has a way of its own for each kind, and a name where that is full.
TEST(Reasons, WhatIsPuntedHasANameWhereItIsTooMuch) {
  std::set<Reason> names;
  for (size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (verdict_of(reason) != Verdict::punt) {
      EXPECT_FALSE(is_advert(reason)) << info_of(reason).name;
      continue;
    }
    EXPECT_TRUE(names.insert(limited(reason)).second) << info_of(reason).name;
    EXPECT_EQ(verdict_of(limited(reason)), Verdict::drop);
    EXPECT_EQ(info_of(limited(reason)).text.find(info_of(reason).name), 0u);
    EXPECT_EQ(is_advert(reason), reason != Reason::arp_conflict && reason != Reason::igmp_query);
  }
  EXPECT_EQ(names.size(), 5u);
}

TEST(Counters, CountEachReasonByItself) {
  Counters counters;
  for (size_t i = 0; i < kReasonCount; ++i) counters.of(static_cast<Reason>(i)).add(i);
  for (size_t i = 0; i < kReasonCount; ++i) {
    EXPECT_EQ(counters.of(static_cast<Reason>(i)).get(), i) << kReasons[i].name;
  }
  counters.received.add(3);
  counters.received.add(4);
  EXPECT_EQ(counters.received.get(), 7u);
}

// D4: a lease ends at its tick, not after it; the lease of own addresses never does.
TEST(LeaseBoard, HoldsUntilTheTick) {
  LeaseBoard leases;
  EXPECT_FALSE(leases.holds(1, 0));
  leases.set(1, 100);
  EXPECT_TRUE(leases.holds(1, 99));
  EXPECT_FALSE(leases.holds(1, 100));
  leases.set(1, 0);
  EXPECT_FALSE(leases.holds(1, 0));
  leases.set(kMaxVhosts, 1);
  EXPECT_TRUE(leases.holds(kMaxVhosts, 0));
  EXPECT_TRUE(leases.holds(kOwnLease, ~Ticks{0} - 1));
}

TEST(LeaseBoard, KeepsACounterForEachVhost) {
  LeaseBoard board;
  EXPECT_EQ(board.counter(1), 0u);
  board.set_counter(1, 7);
  board.set_counter(kMaxVhosts, ~uint64_t{0});
  EXPECT_EQ(board.counter(1), 7u);
  EXPECT_EQ(board.counter(2), 0u);
  EXPECT_EQ(board.counter(kMaxVhosts), ~uint64_t{0});
  EXPECT_FALSE(board.holds(1, 0));
}

}  // namespace
}  // namespace carp::dataplane
