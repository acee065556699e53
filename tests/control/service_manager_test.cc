// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/service_manager.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace carp::control {
namespace {

using Doing = ServiceManager::Doing;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A service manager that takes what it is told as long as it listens, and a program whose pass
// takes a hundredth of a second.
class Service : public testing::Test {
 protected:
  void start(std::optional<proto::Duration> watchdog) {
    manager_.emplace(
        [this](const std::string& text) {
          ++asked_;
          if (listens_) told_ += text;
          return listens_;
        },
        watchdog);
  }

  void pass(proto::Duration later = milliseconds(10)) {
    now_ += later;
    manager_->observe({.doing = doing_,
                       .stalled_lcore = stalled_lcore_,
                       .masters =
                           [this] {
                             ++counted_;
                             return masters_;
                           }},
                      now_, out_);
  }

  void pass_for(proto::Duration time) {
    for (const proto::TimePoint end = now_ + time; now_ < end;) pass();
  }

  // What was told since the last call.
  std::string told() { return std::exchange(told_, {}); }

  int meals() {
    int count = 0;
    const std::string text = told();
    for (size_t at = text.find("WATCHDOG=1\n"); at != text.npos;
         at = text.find("WATCHDOG=1\n", at + 1))
      ++count;
    return count;
  }

  std::optional<ServiceManager> manager_;
  proto::TimePoint now_{std::chrono::hours(1)};
  Doing doing_ = Doing::running;
  std::optional<unsigned> stalled_lcore_;
  ServiceManager::Masters masters_{.count = 2, .of = 3};
  bool listens_ = true;
  std::string told_;
  int asked_ = 0;
  int counted_ = 0;
  Outbox out_;
};

TEST_F(Service, IsReadyOnce) {
  start(std::nullopt);
  pass();
  EXPECT_EQ(told(), "READY=1\nSTATUS=2 of 3 virtual hosts MASTER\n");
  pass_for(seconds(5));
  EXPECT_EQ(told(), "");
  EXPECT_LE(counted_, 7);
}

TEST_F(Service, TellsOfReloadAndOfTheEnd) {
  start(std::nullopt);
  pass();
  (void)told();
  doing_ = Doing::reloading;
  pass();
  pass();
  EXPECT_EQ(told(), "RELOADING=1\n");
  doing_ = Doing::running;
  pass();
  EXPECT_EQ(told(), "READY=1\n");
  doing_ = Doing::stopping;
  pass();
  pass();
  EXPECT_EQ(told(), "STOPPING=1\n");
}

TEST_F(Service, TellsANewStatusWithinASecond) {
  start(std::nullopt);
  pass();
  (void)told();
  masters_ = {.count = 0, .of = 1};
  pass_for(seconds(1));
  EXPECT_EQ(told(), "STATUS=0 of 1 virtual host MASTER\n");
}

TEST_F(Service, FeedsTheWatchdogFourTimesInItsTime) {
  start(seconds(8));
  pass();
  EXPECT_EQ(meals(), 1);
  pass_for(seconds(80));
  EXPECT_GE(meals(), 39);
  EXPECT_TRUE(out_.log.empty());
}

TEST_F(Service, FeedsNobodyWhereThereIsNoWatchdog) {
  start(std::nullopt);
  pass_for(seconds(80));
  EXPECT_EQ(meals(), 0);
}

TEST_F(Service, LetsTheWatchdogStarveWhileAWorkerStandsStill) {
  start(seconds(8));
  pass();
  (void)told();
  stalled_lcore_ = 3;
  pass_for(seconds(80));
  EXPECT_EQ(meals(), 0);
  ASSERT_EQ(out_.log.size(), 1u);
  EXPECT_EQ(out_.log[0].text,
            "event=watchdog worker on lcore 3 stands still: the service manager hears nothing");
  stalled_lcore_.reset();
  pass_for(seconds(8));
  EXPECT_GE(meals(), 3);
  ASSERT_EQ(out_.log.size(), 2u);
  EXPECT_EQ(out_.log[1].text, "event=watchdog all is well again");
}

// One pass of a hundred is late; a quarter of the watchdog's time is on time still.
TEST_F(Service, LetsTheWatchdogStarveWhileControlIsLate) {
  start(seconds(8));
  pass();
  (void)told();
  for (int i = 0; i < 20; ++i) {
    pass(milliseconds(2001));
    pass_for(seconds(1));
  }
  EXPECT_EQ(meals(), 0);
  ASSERT_EQ(out_.log.size(), 1u);
  EXPECT_EQ(out_.log[0].text,
            "event=watchdog control came late: the service manager hears nothing");
  for (int i = 0; i < 20; ++i) pass(seconds(2));
  EXPECT_GE(meals(), 19);
}

TEST_F(Service, TellsAManagerThatDidNotListenWhatIsTrueThen) {
  start(seconds(8));
  listens_ = false;
  pass_for(seconds(10));
  EXPECT_LE(asked_, 101);  // ten times a second, not in each of a thousand passes
  doing_ = Doing::reloading;
  masters_ = {.count = 1, .of = 1};
  pass_for(seconds(2));
  doing_ = Doing::running;
  listens_ = true;
  pass_for(milliseconds(200));
  EXPECT_EQ(told().substr(0, 42), "READY=1\nSTATUS=1 of 1 virtual host MASTER\n");
}

TEST_F(Service, SaysNothingWithoutAManager) {
  manager_.emplace(nullptr, seconds(8));
  stalled_lcore_ = 1;
  pass_for(seconds(10));
  EXPECT_EQ(counted_, 0);
  EXPECT_TRUE(out_.log.empty());
}

}  // namespace
}  // namespace carp::control
