// SPDX-License-Identifier: BSD-3-Clause
//
// D4: hosts, control threads and workers that stall. Nobody takes over because of what he missed,
// nobody answers when a peer may have taken over.
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using proto::Duration;
using proto::Pace;
using proto::State;
using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] proto::VhostConfig carp0(Pace pace = {1, 100}) {
  return vhost("carp0", 1, "192.168.1.50/24", pace);
}

// Returns when the last advertisement left; the lease that goes by it is with the workers.
TimePoint become_master(EngineRig& rig) {
  rig.start();
  rig.run(seconds(5));
  const size_t count = rig.adverts().size();
  while (rig.adverts().size() == count) rig.run(milliseconds(1));
  const TimePoint last = rig.adverts().back().at;
  rig.run(milliseconds(1));
  EXPECT_TRUE(rig.serves());
  rig.forget_sent();
  return last;
}

// Rule 1: workers fall silent by themselves, 2.7 advbase after the last advertisement.
TEST(Stall, WorkersFallSilentWhenTheLeaseEnds) {
  EngineRig rig(lan_config({carp0()}));
  const TimePoint last = become_master(rig);
  rig.set_time(last + milliseconds(2700) - Duration(1));
  EXPECT_TRUE(rig.serves());
  EXPECT_TRUE(rig.answer("192.168.1.50"));
  rig.set_time(last + milliseconds(2700));
  EXPECT_FALSE(rig.serves());
  EXPECT_FALSE(rig.answer("192.168.1.50"));
}

TEST(Stall, ShorterThanTheLeaseIsMadeGood) {
  for (const Duration stall : {milliseconds(1500), milliseconds(2600)}) {
    EngineRig rig(lan_config({carp0()}));
    become_master(rig);
    rig.stall(stall);
    EXPECT_TRUE(rig.serves());
    EXPECT_EQ(rig.adverts().size(), 1u);  // one, not one for each that was missed (D21)
    rig.run(milliseconds(100));
    EXPECT_EQ(rig.adverts().size(), 1u);
    EXPECT_EQ(rig.entry().transitions, 2u);
  }
}

// Rule 2: no advertisement, gratuitous ARP or bow out, and a full master down time to listen.
TEST(Stall, LongerThanTheLeaseEndsMastershipInSilence) {
  for (const Duration stall :
       {Duration(milliseconds(2700)), Duration(milliseconds(2900)), Duration(seconds(10))}) {
    EngineRig rig(lan_config({carp0()}));
    become_master(rig);
    rig.stall(stall);
    EXPECT_EQ(rig.last_change(), "MASTER -> BACKUP (stalled)");
    const TimePoint woke = rig.now();
    rig.run(proto::master_down_time({1, 100}) - Duration(1));
    EXPECT_EQ(rig.state(), State::backup);
    EXPECT_TRUE(rig.sent().empty());
    rig.run(Duration(1));
    EXPECT_EQ(rig.entry().since, woke + proto::master_down_time({1, 100}));
  }
}

// Whatever wakes it: an operator's command, the end of the program, a frame.
TEST(Stall, LapsedLeaseMakesNoBowOut) {
  for (int what = 0; what < 3; ++what) {
    EngineRig rig(lan_config({carp0()}));
    become_master(rig);
    rig.set_time(rig.now() + seconds(5));
    if (what == 0) rig.engine().stop(rig.now(), rig.out());
    if (what == 1) rig.engine().remove_vhost("carp0", rig.now(), rig.out());
    if (what == 2) rig.engine().set_operator_state("carp0", State::backup, rig.now(), rig.out());
    rig.run(milliseconds(50));
    EXPECT_TRUE(rig.sent().empty()) << what;
  }
}

// Rule 1: a failed send renews nothing.
TEST(Stall, FailedSendsLetTheLeaseLapse) {
  EngineRig rig(lan_config({carp0()}));
  become_master(rig);
  rig.transmits = Transmitted::failed;
  rig.run(milliseconds(2700));
  EXPECT_EQ(rig.last_change(), "MASTER -> BACKUP (stalled)");
}

// Rule 3: the time in which nobody listened does not count.
TEST(Stall, ABackupDoesNotTakeOverFromWhatItMissed) {
  EngineRig rig(lan_config({carp0()}));
  Neighbour neighbour(carp0());
  rig.start();
  rig.hear(neighbour.advert({1, 0}));
  rig.run(seconds(2));
  const TimePoint due = rig.entry().vhost.deadline;
  rig.stall(seconds(10));
  EXPECT_EQ(rig.state(), State::backup);
  rig.run(due + seconds(10) - rig.now() - Duration(1));
  EXPECT_EQ(rig.state(), State::backup);
  rig.run(Duration(1));
  EXPECT_TRUE(rig.is_master());
}

// Rule 3, where control runs and the workers do not: what they have not looked at cannot be known.
TEST(Stall, NobodyTimesOutWhileTheWorkersAreAway) {
  EngineRig rig(lan_config({carp0()}));
  Neighbour neighbour(carp0());
  rig.start();
  rig.hear(neighbour.advert({1, 0}));
  rig.run(proto::master_down_time({1, 100}) - milliseconds(200));
  rig.workers_poll = false;
  rig.run(milliseconds(400));
  EXPECT_EQ(rig.state(), State::backup);
  rig.receive(0, neighbour.advert({1, 0}));
  rig.workers_poll = true;
  rig.run(seconds(2));
  EXPECT_EQ(rig.state(), State::backup);
}

// Rule 3: an old bow out may lie in the ring.
TEST(Stall, FramesReadAfterAStallNeverCauseATakeover) {
  for (const bool preempt : {false, true}) {
    Config config = lan_config({carp0({1, 0})});
    config.sysctl.preempt = preempt;
    EngineRig rig(std::move(config));
    Neighbour neighbour(carp0({1, 0}));
    rig.start();
    rig.run(seconds(1));
    rig.receive(0, neighbour.bow_out());
    rig.receive(0, neighbour.advert({1, 200}));
    rig.stall(seconds(5));
    EXPECT_EQ(rig.state(), State::backup);
    rig.run(milliseconds(200));
    rig.hear(neighbour.bow_out());  // a new one counts
    rig.pass();
    EXPECT_TRUE(rig.is_master());
  }
}

// Rule 4: a port whose workers stall is down, like one without link; a MASTER says goodbye first.
TEST(Stall, StalledWorkersTakeThePortDown) {
  EngineRig rig(two_lan_config({carp0(), vhost("carp1", 1, "10.0.0.50/24", {1, 0}, "lan1")}));
  become_master(rig);
  rig.workers_poll = false;
  rig.run(seconds(1));
  EXPECT_TRUE(rig.is_master());
  rig.run(milliseconds(200));
  EXPECT_EQ(rig.last_change(), "MASTER -> INIT (worker stalled)");
  EXPECT_EQ(rig.state(), State::init);
  EXPECT_EQ(rig.engine().demotion().count(), 2);
  rig.run(milliseconds(10));
  EXPECT_EQ(rig.adverts().back().advert.pace, proto::kBowOut);

  rig.workers_poll = true;
  const TimePoint back = rig.now();
  while (rig.state() == State::init) rig.run(milliseconds(1));
  EXPECT_GE(rig.now() - back, seconds(3));
  EXPECT_LE(rig.now() - back, seconds(3) + milliseconds(5));
  EXPECT_EQ(rig.engine().demotion().count(), 0);
}

// Rule 4: a third of the shortest master down time, which is not always a second.
TEST(Stall, PatienceWithWorkersFollowsTheMasterDownTime) {
  EngineRig rig(lan_config({carp0({10, 0})}));
  rig.start();
  rig.run(seconds(1));
  rig.workers_poll = false;
  rig.run(milliseconds(9900));
  EXPECT_EQ(rig.state(), State::backup);
  rig.run(milliseconds(200));
  EXPECT_EQ(rig.state(), State::init);
}

// A control thread that has no more than a slow pass has workers that polled in the meantime.
TEST(Stall, SlowPassesOfControlAreNoStallOfWorkers) {
  EngineRig rig(lan_config({carp0({0, 0})}));
  rig.start();
  for (int i = 0; i < 10; ++i) rig.stall(milliseconds(6));
  EXPECT_NE(rig.state(), State::init);
}

// Nor are the first passes after the whole process was frozen, before a worker has come round.
TEST(Stall, FrozenProcessIsNoStallOfWorkers) {
  EngineRig rig(lan_config({carp0({0, 0})}));
  rig.start();
  rig.workers_poll = false;
  rig.stall(seconds(10));
  rig.stall(std::chrono::microseconds(100));
  rig.workers_poll = true;
  rig.stall(std::chrono::microseconds(100));
  EXPECT_EQ(rig.entry().transitions, 1u);
  EXPECT_EQ(rig.state(), State::backup);
}

// D12, rule 1: sub-second groups, with their own lease.
TEST(Stall, SubSecondLeaseLapsesToo) {
  EngineRig rig(lan_config({carp0({0, 50})}));
  rig.start();
  rig.run(seconds(2));
  const TimePoint last = rig.adverts().back().at;
  rig.set_time(last + proto::lease_time({0, 50}) - Duration(1));
  EXPECT_TRUE(rig.serves());
  rig.set_time(last + proto::lease_time({0, 50}));
  EXPECT_FALSE(rig.serves());
}

// Rule 1: the lease goes by the advertisement sent last, also where that one promises less.
TEST(Stall, LeaseShrinksWithThePace) {
  EngineRig rig(lan_config({carp0({10, 0})}));
  rig.start();
  rig.run(seconds(31));
  ASSERT_TRUE(rig.serves());
  rig.engine().set_vhost(carp0({1, 0}), 0, rig.now(), rig.out());
  rig.run(seconds(1));
  const TimePoint last = rig.adverts().back().at;
  ASSERT_EQ(rig.adverts().back().advert.pace, (Pace{1, 0}));
  rig.run(milliseconds(1));
  rig.set_time(last + milliseconds(2700));
  EXPECT_FALSE(rig.serves());
}

// ... and it always outlasts one interval, also where that one grows.
TEST(Stall, LongerPaceDoesNotEndMastership) {
  EngineRig rig(lan_config({carp0({1, 0})}));
  become_master(rig);
  rig.engine().set_vhost(carp0({10, 0}), 0, rig.now(), rig.out());
  rig.run(seconds(60));
  EXPECT_EQ(rig.entry().transitions, 2u);  // BACKUP and MASTER, once each
  EXPECT_TRUE(rig.serves());
  EXPECT_EQ(rig.adverts().size(), 6u);  // in the old interval once, to tell the new one
}

}  // namespace
}  // namespace carp::control
