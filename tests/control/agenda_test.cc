// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/agenda.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <utility>
#include <vector>

namespace carp::control {
namespace {

using proto::Duration;
using proto::TimePoint;

[[nodiscard]] TimePoint at(int64_t us) { return TimePoint(Duration(us)); }

[[nodiscard]] std::vector<uint16_t> take(Agenda& agenda, TimePoint now) {
  std::vector<uint16_t> due;
  agenda.take_due(now, due);
  return due;
}

TEST(Agenda, NamesTheLongestDueFirstAndOfEqualsTheLowest) {
  Agenda agenda(9);
  for (const auto& [who, when] : {std::pair{7, 30}, {3, 10}, {9, 20}, {1, 20}, {5, 31}})
    agenda.set(static_cast<uint16_t>(who), at(when));
  EXPECT_EQ(agenda.first(), at(10));
  EXPECT_EQ(take(agenda, at(30)), (std::vector<uint16_t>{3, 1, 9, 7}));
  EXPECT_EQ(agenda.first(), at(31));
}

TEST(Agenda, KnowsNobodyAtFirst) {
  Agenda agenda(9);
  agenda.erase(4);
  EXPECT_EQ(agenda.first(), proto::kNever);
  EXPECT_TRUE(take(agenda, at(1'000'000)).empty());
}

// Against a set that is always sorted: entered, moved, erased and taken at random.
TEST(Agenda, DoesWhatASortedSetWould) {
  constexpr uint16_t kLast = 200;
  std::mt19937 random(1);
  Agenda agenda(kLast);
  std::vector<TimePoint> when_of(kLast + 1);
  std::set<std::pair<TimePoint, uint16_t>> model;
  for (int step = 0; step < 50'000; ++step) {
    const auto who = static_cast<uint16_t>(random() % (kLast + 1));
    const TimePoint when = at(random() % 500);
    const auto choice = random() % 8;
    if (choice == 0) {
      agenda.erase(who);
      model.erase({when_of[who], who});
    } else if (choice == 1) {
      std::vector<uint16_t> expected;
      for (; !model.empty() && model.begin()->first <= when; model.erase(model.begin()))
        expected.push_back(model.begin()->second);
      ASSERT_EQ(take(agenda, when), expected) << step;
    } else {
      agenda.set(who, when);
      model.erase({when_of[who], who});
      model.insert({when, who});
      when_of[who] = when;
    }
    ASSERT_EQ(agenda.first(), model.empty() ? proto::kNever : model.begin()->first) << step;
  }
}

}  // namespace
}  // namespace carp::control
