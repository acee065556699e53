// SPDX-License-Identifier: BSD-3-Clause
//
// D22: nobody is told before we can answer, and nothing leaves after we said goodbye.
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using proto::Duration;
using proto::State;
using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] proto::VhostConfig carp0() { return vhost("carp0", 1, "192.168.1.50/24", {1, 100}); }

class Order : public testing::Test {
 protected:
  // Puts the rig where it is about to become, or is, MASTER.
  void start() { rig.start(); }
  void become_master() {
    start();
    rig.run(seconds(5));
    ASSERT_TRUE(rig.serves());
    rig.forget_sent();
  }
  void set_up(bool up) {
    auto config = carp0();
    config.up = up;
    rig.engine().set_vhost(config, 0, rig.now(), rig.out());
  }
  // Runs until carp0 is MASTER; returns when it decided so.
  TimePoint decision() {
    while (!rig.is_master()) rig.run(milliseconds(1));
    return rig.entry().since;
  }

  EngineRig rig{lan_config({carp0()})};
};

TEST_F(Order, TableComesBeforeTheAdvertisement) {
  start();
  rig.confirm_after = milliseconds(2);
  const uint64_t before = rig.engine().generation();
  const TimePoint decided = decision();
  EXPECT_EQ(rig.engine().generation(), before + 1);
  EXPECT_EQ(rig.published().back().at, decided);
  EXPECT_TRUE(rig.sent().empty());
  rig.run(milliseconds(10));
  ASSERT_FALSE(rig.adverts().empty());
  EXPECT_EQ(rig.adverts()[0].at, decided + milliseconds(2));  // confirmed, not 5 ms
}

TEST_F(Order, AdvertisementWaitsFiveMillisecondsAtMost) {
  start();
  rig.workers_confirm = false;
  const TimePoint decided = decision();
  rig.run(milliseconds(10));
  ASSERT_EQ(rig.adverts().size(), 1u);
  EXPECT_EQ(rig.adverts()[0].at, decided + milliseconds(5));
}

// D12: also where the interval, 1/256 s, is over sooner.
TEST(SubSecondOrder, AdvertisementWaitsForTheWorkersAllTheSame) {
  EngineRig rig(lan_config({vhost("carp0", 1, "192.168.1.50/24", {0, 0})}));
  rig.start();
  rig.workers_confirm = false;
  // Passes closer than a quarter of the interval, or all time is one stall (D4 rule 3).
  for (int i = 0; i < 100 && !rig.is_master(); ++i) rig.run(proto::Duration(500));
  rig.run(milliseconds(10));
  ASSERT_FALSE(rig.sent().empty());
  EXPECT_GE(rig.sent().front().at, rig.entry().since + milliseconds(5));
  EXPECT_LE(rig.sent().front().at, rig.entry().since + milliseconds(6));  // a pass later
}

TEST_F(Order, FirstIntervalCountsFromTheFirstAdvertisement) {
  start();
  rig.workers_confirm = false;
  decision();
  rig.run(seconds(3));
  ASSERT_GE(rig.adverts().size(), 2u);
  EXPECT_EQ(rig.adverts()[1].at - rig.adverts()[0].at, proto::advert_interval({1, 100}));
}

// What provokes a gratuitous ARP while the workers are not ready must not get one (D22, I2.10).
TEST_F(Order, NothingIsAnnouncedBeforeTheFirstAdvertisement) {
  start();
  rig.workers_confirm = false;
  Neighbour neighbour(carp0());
  const TimePoint decided = decision();
  rig.hear(neighbour.advert({1, 200}));
  rig.run(milliseconds(20));
  ASSERT_FALSE(rig.announcements().empty());
  EXPECT_EQ(rig.sent().front().at, decided + milliseconds(5));
  EXPECT_TRUE(proto::parse_advert(rig.sent().front().bytes).ok());
}

TEST_F(Order, BowOutWaitsForTheWorkers) {
  become_master();
  rig.confirm_after = milliseconds(3);
  const TimePoint left = rig.now();
  set_up(false);
  rig.pass();
  EXPECT_FALSE(rig.serves());  // the lease ended with the decision
  EXPECT_TRUE(rig.sent().empty());
  rig.run(milliseconds(20));
  ASSERT_EQ(rig.sent().size(), 1u);
  EXPECT_EQ(rig.adverts()[0].advert.pace, proto::kBowOut);
  EXPECT_EQ(rig.adverts()[0].at, left + milliseconds(3));
}

TEST_F(Order, BowOutWaitsFiveMillisecondsAtMost) {
  become_master();
  rig.workers_confirm = false;
  const TimePoint left = rig.now();
  set_up(false);
  rig.run(milliseconds(20));
  ASSERT_EQ(rig.adverts().size(), 1u);
  EXPECT_EQ(rig.adverts()[0].at, left + milliseconds(5));
}

TEST_F(Order, ABackupLeavesInSilence) {
  start();
  set_up(false);
  rig.run(milliseconds(20));
  EXPECT_EQ(rig.state(), State::init);
  EXPECT_TRUE(rig.sent().empty());
}

TEST_F(Order, DownAndUpInOneInstantSaysGoodbyeOnce) {
  become_master();
  set_up(false);
  set_up(true);
  rig.run(milliseconds(20));
  ASSERT_EQ(rig.adverts().size(), 1u);
  EXPECT_EQ(rig.adverts()[0].advert.pace, proto::kBowOut);
  EXPECT_EQ(rig.state(), State::backup);
}

// Who is MASTER again before the bow out was due takes it back, for good.
TEST_F(Order, ABowOutThatWasOvertakenNeverLeaves) {
  become_master();
  rig.workers_confirm = false;
  rig.engine().set_operator_state("carp0", State::backup, rig.now(), rig.out());
  rig.run(milliseconds(1));
  rig.engine().set_operator_state("carp0", State::master, rig.now(), rig.out());
  rig.run(milliseconds(1));
  Neighbour neighbour(carp0());
  rig.hear(neighbour.advert({1, 0}));
  rig.run(seconds(1));
  ASSERT_EQ(rig.state(), State::backup);
  EXPECT_TRUE(rig.adverts().empty());
}

// D4 rule 2, D9: said after the lease is over, it would turn the switch back from the successor.
TEST_F(Order, ABowOutHeldUpByAStallIsNotSaid) {
  become_master();
  rig.workers_confirm = false;
  set_up(false);
  rig.pass();
  rig.stall(seconds(3));
  rig.run(seconds(1));
  EXPECT_TRUE(rig.adverts().empty());
}

// D11 rule 5: the bow out carried the highest counter, whatever was known when it was decided.
TEST_F(Order, CounterOfTheBowOutIsKept) {
  become_master();
  rig.workers_confirm = false;
  rig.engine().remove_vhost("carp0", rig.now(), rig.out());
  rig.run(milliseconds(10));
  ASSERT_EQ(rig.adverts().size(), 1u);
  EXPECT_EQ(rig.engine().counters().by_key().at("lan0 1"), rig.adverts()[0].advert.counter);
}

// D11 rule 5: whether it runs, has gone or never came, each has one, and its latest.
TEST_F(Order, CountersOfAllAreKept) {
  become_master();
  const uint64_t said = rig.engine().counters().by_key().at("lan0 1");
  rig.engine().remove_vhost("carp0", rig.now(), rig.out());
  rig.run(milliseconds(10));
  const Counters after = rig.engine().counters().by_key();
  ASSERT_EQ(after.size(), 1u);
  EXPECT_GT(after.at("lan0 1"), said);
  rig.engine().set_vhost(vhost("carp7", 1, "192.168.1.50/24"), 0, rig.now(), rig.out());
  EXPECT_GE(rig.engine().counters().by_key().at("lan0 1"), after.at("lan0 1"));
}

// C87: nothing can leave; and when the link is back nothing old leaves.
TEST_F(Order, LostLinkMakesNoBowOut) {
  become_master();
  rig.set_link(0, false);
  rig.run(milliseconds(50));
  rig.set_link(0, true);
  rig.run(milliseconds(50));
  EXPECT_TRUE(rig.sent().empty());
  EXPECT_EQ(rig.state(), State::backup);
}

TEST_F(Order, StopSaysGoodbyeAndThenHasStopped) {
  become_master();
  rig.workers_confirm = false;
  rig.engine().stop(rig.now(), rig.out());
  rig.pass();
  EXPECT_FALSE(rig.engine().has_stopped());
  rig.run(milliseconds(5));
  EXPECT_TRUE(rig.engine().has_stopped());
  ASSERT_EQ(rig.adverts().size(), 1u);
  EXPECT_EQ(rig.adverts()[0].advert.pace, proto::kBowOut);
  EXPECT_EQ(rig.last_change(), "MASTER -> INIT (stopped)");
}

// Design 6.3: generations only grow; a pass makes one table, however much happened in it.
// D22 ends with the hooks: who is told can rely on what the network knows.
TEST_F(Order, HooksAreToldAfterTheAdvertisement) {
  start();
  rig.confirm_after = milliseconds(2);
  const TimePoint decided = decision();
  ASSERT_EQ(rig.told().size(), 1u);
  EXPECT_EQ(rig.told()[0].change,
            (StateChange{"carp0", 1, "lan0", State::init, State::backup, proto::Reason::started}));
  rig.run(milliseconds(10));
  ASSERT_EQ(rig.told().size(), 2u);
  EXPECT_EQ(rig.told()[1].at, decided + milliseconds(2));
  EXPECT_EQ(rig.told()[1].at, rig.adverts()[0].at);
  EXPECT_EQ(rig.told()[1].change.to, State::master);
}

TEST_F(Order, HooksAreToldAfterTheBowOut) {
  become_master();
  rig.confirm_after = milliseconds(3);
  const TimePoint decided = rig.now();
  rig.engine().remove_vhost("carp0", rig.now(), rig.out());
  rig.run(milliseconds(10));
  const Told& told = rig.told().back();
  EXPECT_GE(told.at, decided + milliseconds(3));
  EXPECT_EQ(rig.adverts().back().advert.pace, proto::kBowOut);
  EXPECT_EQ(told.at, rig.adverts().back().at);
  EXPECT_EQ(told.change.from, State::master);
  EXPECT_EQ(told.change.reason, proto::Reason::stopped);
}

// Down, up and nothing left out, whatever was still to be said in between.
TEST_F(Order, HooksAreToldEveryChangeInItsOrder) {
  become_master();
  rig.workers_confirm = false;
  const size_t before = rig.told().size();
  set_up(false);
  set_up(true);
  rig.run(milliseconds(1));
  set_up(false);
  rig.run(milliseconds(10));
  std::vector<State> states = {rig.told()[before - 1].change.to};
  for (size_t i = before; i < rig.told().size(); ++i) {
    EXPECT_EQ(rig.told()[i].change.from, states.back());
    states.push_back(rig.told()[i].change.to);
  }
  EXPECT_EQ(states, (std::vector{State::master, State::init, State::backup, State::init}));
}

TEST(Tables, ManyChangesInOnePassMakeOneTable) {
  std::vector<proto::VhostConfig> vhosts;
  for (int vhid = 1; vhid <= 255; ++vhid)
    vhosts.push_back(vhost("carp" + std::to_string(vhid), static_cast<uint8_t>(vhid),
                           "192.168." + std::to_string(vhid) + ".50/16"));
  EngineRig rig(lan_config(std::move(vhosts)));
  rig.start();
  const size_t tables = rig.published().size();
  rig.run(seconds(3));
  EXPECT_TRUE(rig.is_master("carp1") && rig.is_master("carp255"));
  EXPECT_EQ(rig.published().size(), tables + 1);
  for (size_t i = 1; i < rig.published().size(); ++i)
    EXPECT_GT(rig.published()[i].generation, rig.published()[i - 1].generation);
}

// C126, D19: all advertisements first, then the gratuitous ARPs, a millisecond apart.
TEST(Tables, AdvertisementsOfAllComeBeforeGratuitousArp) {
  EngineRig rig(
      lan_config({vhost("carp0", 1, "192.168.1.50/24"), vhost("carp1", 2, "192.168.1.51/24"),
                  vhost("carp2", 3, "192.168.1.52/24")}));
  rig.start();
  rig.run(seconds(3) + milliseconds(50));
  ASSERT_EQ(rig.sent().size(), 6u);
  const auto adverts = rig.adverts();
  const auto announced = rig.announcements();
  ASSERT_EQ(adverts.size(), 3u);
  ASSERT_EQ(announced.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(adverts[i].at, adverts[0].at);
    EXPECT_EQ(announced[i].at, adverts[0].at + milliseconds(i));
    EXPECT_TRUE(proto::parse_advert(rig.sent()[i].bytes).ok());
  }
}

}  // namespace
}  // namespace carp::control
