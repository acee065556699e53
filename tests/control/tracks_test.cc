// SPDX-License-Identifier: BSD-3-Clause
//
// Health checks in virtual time: when they run, and from which result on they fail or pass.
#include "lib/control/tracks.h"

#include <gtest/gtest.h>

namespace carp::control {
namespace {

using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Names = std::vector<std::string>;

[[nodiscard]] TrackConfig track(std::string name) {
  return {.name = std::move(name),
          .command = "true",
          .interval = seconds(5),
          .rise = 2,
          .fall = 3,
          .demotion = 240};
}

class TracksTest : public testing::Test {
 protected:
  [[nodiscard]] bool starts(const std::string& name) {
    const TrackConfig* next = tracks.next(now);
    EXPECT_TRUE(next == nullptr || next->name == name);
    return next != nullptr;
  }
  // Runs the check at its time; -1: nothing new, 0: it passes now, 1: it fails now.
  [[nodiscard]] int result(bool success, const std::string& name = "web") {
    now += seconds(5);
    EXPECT_TRUE(starts(name));
    const auto news = tracks.on_ended(name, success, now);
    return news ? static_cast<int>(*news) : -1;
  }

  Tracks tracks;
  TimePoint now{seconds(1000)};
};

TEST_F(TracksTest, RunsAtOnceAndThenAtItsInterval) {
  EXPECT_EQ(tracks.follow({track("web")}, now), Names{});
  EXPECT_TRUE(starts("web"));
  (void)tracks.on_ended("web", true, now + milliseconds(20));
  now += milliseconds(4999);
  EXPECT_FALSE(starts("web"));
  now += milliseconds(1);
  EXPECT_TRUE(starts("web"));
}

TEST_F(TracksTest, NeverRunsTwiceAtATime) {
  EXPECT_EQ(tracks.follow({track("web")}, now), Names{});
  EXPECT_TRUE(starts("web"));
  now += seconds(60);
  EXPECT_FALSE(starts("web"));
  (void)tracks.on_ended("web", true, now);
  EXPECT_TRUE(starts("web")) << "it is overdue";
  EXPECT_FALSE(starts("web"));
}

TEST_F(TracksTest, TheFirstResultDecidesAlone) {
  EXPECT_EQ(tracks.follow({track("web")}, now), Names{});
  EXPECT_FALSE(tracks.is_failing("web"));
  EXPECT_EQ(result(false), 1);
  EXPECT_TRUE(tracks.is_failing("web"));
}

TEST_F(TracksTest, FallFailuresInARowFailAndRiseSuccessesPass) {
  EXPECT_EQ(tracks.follow({track("web")}, now), Names{});
  EXPECT_EQ(result(true), -1);
  EXPECT_EQ(result(false), -1);
  EXPECT_EQ(result(false), -1);
  EXPECT_EQ(result(true), -1) << "that row is broken";
  EXPECT_EQ(result(false), -1);
  EXPECT_EQ(result(false), -1);
  EXPECT_EQ(result(false), 1);
  EXPECT_EQ(result(false), -1) << "no news";
  EXPECT_EQ(result(true), -1);
  EXPECT_EQ(result(false), -1);
  EXPECT_EQ(result(true), -1);
  EXPECT_EQ(result(true), 0);
}

TEST_F(TracksTest, AReloadKeepsWhatStays) {
  EXPECT_EQ(tracks.follow({track("web")}, now), Names{});
  EXPECT_EQ(result(false), 1);
  EXPECT_EQ(tracks.follow({track("web"), track("db")}, now), Names{});
  EXPECT_TRUE(tracks.is_failing("web"));
  EXPECT_TRUE(starts("db")) << "the new one at once, the old one when it is due";
  EXPECT_FALSE(starts("web"));
  EXPECT_EQ(tracks.follow({track("db")}, now), Names{"web"});
  EXPECT_FALSE(tracks.is_failing("web"));
  EXPECT_EQ(tracks.find("web"), nullptr);
}

// What still runs is the command that was configured before.
TEST_F(TracksTest, ResultsOfAnotherCommandDoNotCount) {
  EXPECT_EQ(tracks.follow({track("web")}, now), Names{});
  EXPECT_TRUE(starts("web"));
  TrackConfig other = track("web");
  other.command = "false";
  EXPECT_EQ(tracks.follow({other}, now), Names{});
  EXPECT_FALSE(starts("web")) << "still running";
  EXPECT_EQ(tracks.on_ended("web", false, now), std::nullopt);
  const TrackConfig* next = tracks.next(now);
  ASSERT_NE(next, nullptr);
  EXPECT_EQ(next->command, "false");
  EXPECT_EQ(tracks.on_ended("web", false, now), true);
}

TEST_F(TracksTest, OneThatWasRemovedAndCameBackWaitsForItsLastRun) {
  EXPECT_EQ(tracks.follow({track("web")}, now), Names{});
  EXPECT_TRUE(starts("web"));
  EXPECT_EQ(tracks.follow({}, now), Names{});
  EXPECT_FALSE(starts("web"));
  EXPECT_EQ(tracks.follow({track("web")}, now), Names{});
  EXPECT_FALSE(starts("web"));
  EXPECT_EQ(tracks.on_ended("web", false, now), std::nullopt);
  EXPECT_TRUE(starts("web"));
  EXPECT_EQ(tracks.follow({}, now), Names{});
  EXPECT_EQ(tracks.on_ended("web", false, now), std::nullopt);
  EXPECT_EQ(tracks.find("web"), nullptr);
}

}  // namespace
}  // namespace carp::control
