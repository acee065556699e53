// SPDX-License-Identifier: BSD-3-Clause
//
// The helper thread: one job at a time, control never waits; and what it keeps over restarts.
#include "lib/control/helper.h"

#include <atomic>
#include <thread>

#include "lib/control/state_file.h"
#include "tests/control/files_fixture.h"

namespace carp::control {
namespace {

using std::chrono::seconds;

// Keeps the helper busy until it is told to go on.
struct Gate {
  std::atomic<bool> is_open{false};
  std::atomic<bool> is_entered{false};
  void pass() {
    is_entered = true;
    is_open.wait(false);
  }
  void open() {
    is_open = true;
    is_open.notify_all();
  }
};

class HelperTest : public FilesTest {};

const CounterList kCounters{.interfaces = {"lan0"}, .running = {{0, 1, 77}}};

TEST_F(HelperTest, TakesOneJobAtATime) {
  Gate gate;
  std::atomic<int> done{0};
  Helper helper;
  ASSERT_TRUE(helper.try_start([&] {
    gate.pass();
    ++done;
  }));
  EXPECT_FALSE(helper.try_start([&] { ++done; }));
  EXPECT_EQ(done, 0);
  gate.open();
  EXPECT_TRUE(wait_until([&] { return helper.try_start([&] { ++done; }); }));
  EXPECT_TRUE(wait_until([&] { return done == 2; }));
}

TEST_F(HelperTest, ManyJobsAreAllDone) {
  int done = 0;  // the helper's while a job is under way, else ours
  Helper helper;
  for (int i = 0; i < 2000; ++i) {
    EXPECT_TRUE(wait_until([&] { return helper.try_start([&] { ++done; }); }));
  }
  EXPECT_TRUE(wait_until([&] { return helper.try_start([] {}); }));
  EXPECT_EQ(done, 2000);
}

// I1.5: a disk that hangs holds up neither the end nor who waits for it.
TEST_F(HelperTest, TheEndDoesNotWaitForAJobThatHangs) {
  const auto gate = std::make_shared<Gate>();
  {
    Helper helper;
    ASSERT_TRUE(helper.try_start([gate] { gate->pass(); }));
    ASSERT_TRUE(wait_until([&] { return gate->is_entered.load(); }));
  }
  EXPECT_FALSE(gate->is_open);
  gate->open();
}

TEST_F(HelperTest, SettlesOnceItsJobIsDone) {
  Gate gate;
  Helper helper;
  ASSERT_TRUE(helper.try_start([&] { gate.pass(); }));
  ASSERT_TRUE(wait_until([&] { return gate.is_entered.load(); }));
  std::thread opener([&] { gate.open(); });
  EXPECT_TRUE(helper.settle());
  EXPECT_TRUE(helper.try_start([] {}));
  opener.join();
}

// However often it is asked.
TEST_F(HelperTest, SaysWhereAJobHangs) {
  const auto gate = std::make_shared<Gate>();
  {
    Helper helper;
    ASSERT_TRUE(helper.try_start([gate] { gate->pass(); }));
    EXPECT_FALSE(helper.settle());
    EXPECT_FALSE(helper.settle());
  }
  gate->open();
}

TEST_F(HelperTest, CountersAreSavedOnceAMinute) {
  Helper helper;
  StateFile file(path("state"), helper);
  proto::TimePoint now{seconds(1000)};
  EXPECT_TRUE(file.is_due(now));
  file.save(kCounters, now);
  EXPECT_FALSE(file.is_due(now + seconds(59)));
  EXPECT_TRUE(file.is_due(now + seconds(60)));
  EXPECT_TRUE(wait_until([&] { return load_counters(path("state")).contains("lan0 1"); }));
  EXPECT_EQ(load_counters(path("state")).at("lan0 1"), 77u);
  EXPECT_EQ(file.take_error(), "");
}

TEST_F(HelperTest, CountersWaitForABusyHelper) {
  Gate gate;
  Helper helper;
  StateFile file(path("state"), helper);
  const proto::TimePoint now{seconds(1000)};
  ASSERT_TRUE(helper.try_start([&] { gate.pass(); }));
  file.save(kCounters, now);
  EXPECT_TRUE(file.is_due(now));
  gate.open();
  EXPECT_TRUE(wait_until([&] {
    file.save(kCounters, now);
    return !file.is_due(now);
  }));
}

// What runs here speaks for itself; of the others the file goes on to tell.
TEST_F(HelperTest, CountersAreThoseThatRunAndThoseThatDid) {
  const CounterList counters{.others = {{"lan0 2", 5}, {"lan1 7", 6}},
                             .interfaces = {"lan0", "lan1"},
                             .running = {{0, 1, 77}, {1, 255, 78}, {0, 2, 79}}};
  EXPECT_EQ(save_counters(path("state"), counters.by_key()), "");
  EXPECT_EQ(load_counters(path("state")),
            (Counters{{"lan0 1", 77}, {"lan0 2", 79}, {"lan1 255", 78}, {"lan1 7", 6}}));
}

TEST_F(HelperTest, MaintenanceIsKept) {
  EXPECT_FALSE(load_maintenance(path("state")));
  EXPECT_EQ(save_maintenance(path("state"), true), "");
  EXPECT_TRUE(load_maintenance(path("state")));
  EXPECT_EQ(save_maintenance(path("state"), false), "");
  EXPECT_FALSE(load_maintenance(path("state")));
  write("file", "");
  EXPECT_NE(save_maintenance(path("file"), true), "");
}

TEST_F(HelperTest, AFailedSaveIsToldOnce) {
  write("state", "a file where the folder should be");
  Helper helper;
  StateFile file(path("state"), helper);
  file.save(kCounters, proto::TimePoint{seconds(1000)});
  std::string error;
  EXPECT_TRUE(wait_until([&] { return !(error = file.take_error()).empty(); }));
  EXPECT_NE(error.find("Not a directory"), std::string::npos) << error;
  EXPECT_EQ(file.take_error(), "");
}

}  // namespace
}  // namespace carp::control
