// SPDX-License-Identifier: BSD-3-Clause
//
// `maintenance` and `switchover` as they are typed, and what the one who typed them hears.
#include <gtest/gtest.h>

#include "tests/control/command_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using proto::Pace;
using std::chrono::milliseconds;
using std::chrono::seconds;

class CommandsPlanned : public testing::Test {
 protected:
  CommandsPlanned() {
    desk.rig.run(seconds(5));
    EXPECT_TRUE(desk.rig.is_master("carp0") && desk.rig.is_master("carp1"));
  }
  // Passes with nobody at the console.
  void run(proto::Duration time) {
    desk.rig.run(time);
    desk.commands.poll(desk.rig.now());
  }
  void hear(Neighbour& neighbour, Pace pace) {
    desk.rig.hear(neighbour.advert(pace));
    desk.commands.poll(desk.rig.now());
  }
  [[nodiscard]] Reply rest_of(const Reply& begun) {
    EXPECT_TRUE(begun.waiting && begun.waiting->is_over());
    if (!begun.waiting || !begun.waiting->is_over()) return {};
    return desk.commands.resume(*begun.waiting, Access::change, desk.view, desk.rig.now(),
                                desk.rig.out());
  }

  const proto::VhostConfig first = vhost("carp0", 1, "192.168.1.50/24");
  const proto::VhostConfig second = vhost("carp1", 2, "192.168.1.51/24");
  CommandRig desk{lab_config({first, second})};
  Neighbour peer{first};
};

TEST_F(CommandsPlanned, SwitchoverSaysWhoTookOverAndHowLongItTook) {
  const Reply begun = desk.type("switchover carp0 && sysctl net.inet.carp.log");
  EXPECT_EQ(begun.text, "");
  ASSERT_TRUE(begun.waiting);
  run(milliseconds(7));
  EXPECT_FALSE(begun.waiting->is_over());
  hear(peer, {1, 100});
  EXPECT_EQ(rest_of(begun).text,
            "carp0: 192.168.1.4 is MASTER, nobody answered for 7.0 ms\nnet.inet.carp.log: 2\n");
  EXPECT_TRUE(desk.rig.is_master("carp1"));
}

// Heard before the switchover, a host was no successor.
TEST_F(CommandsPlanned, SwitchoverWaitsForAWordOfItsOwnTime) {
  hear(peer, {1, 100});
  ASSERT_TRUE(desk.rig.is_master("carp0"));
  const Reply begun = desk.type("switchover carp0");
  run(milliseconds(7));
  EXPECT_FALSE(begun.waiting->is_over());
  hear(peer, {1, 100});
  EXPECT_TRUE(begun.waiting->is_over());
}

// A goodbye, from a host that was MASTER as well, is not a MASTER's word.
TEST_F(CommandsPlanned, SwitchoverTakesNoGoodbyeForAMaster) {
  const Reply begun = desk.type("switchover carp0");
  run(milliseconds(7));
  desk.rig.hear(peer.bow_out());
  desk.commands.poll(desk.rig.now());
  EXPECT_EQ(rest_of(begun).text,
            "error: switchover: carp0: nobody took over for 7.0 ms, this host is MASTER again\n");
}

TEST_F(CommandsPlanned, SwitchoverToNobodyIsAnError) {
  const Reply begun = desk.type("switchover carp0");
  run(seconds(5));
  const Reply rest = rest_of(begun);
  EXPECT_TRUE(rest.error);
  EXPECT_EQ(rest.text,
            "error: switchover: carp0: nobody took over for 5.00 s, this host is MASTER again\n");
  EXPECT_EQ(desk.document("vhosts")["vhosts"][0]["switched_over"], false);
}

TEST_F(CommandsPlanned, SwitchoverOfAllTellsOfEach) {
  const Reply begun = desk.type("switchover all");
  run(milliseconds(7));
  hear(peer, {1, 100});
  EXPECT_FALSE(begun.waiting->is_over());
  run(seconds(5));
  EXPECT_EQ(rest_of(begun).text,
            "carp0: 192.168.1.4 is MASTER, nobody answered for 7.0 ms\n"
            "carp1: nobody took over for 5.01 s, this host is MASTER again\n"
            "error: switchover: 1 of 2 were not taken over\n");
}

TEST_F(CommandsPlanned, SwitchoverGivesUpWaiting) {
  desk.say("ifconfig carp0 advbase 100");
  const Reply begun = desk.type("switchover carp0");
  run(kSwitchoverPatience - milliseconds(1));
  EXPECT_FALSE(begun.waiting->is_over());
  run(milliseconds(1));
  EXPECT_EQ(rest_of(begun).text,
            "error: switchover: carp0: nobody took over for 20.00 s, this host becomes MASTER "
            "again when its master down time is over\n");
}

TEST_F(CommandsPlanned, SwitchoverEndsWithItsVirtualHost) {
  const Reply begun = desk.type("switchover all");
  run(milliseconds(7));
  desk.say("ifconfig carp0 destroy && ifconfig carp1 down");
  desk.commands.poll(desk.rig.now());
  const Reply rest = rest_of(begun);
  EXPECT_NE(rest.text.find("carp0: it was removed meanwhile\n"), std::string::npos);
  EXPECT_NE(rest.text.find("carp1: nobody took over for 7.0 ms, it is INIT here now\n"),
            std::string::npos);
}

TEST_F(CommandsPlanned, SwitchoverIsForTheMasterAndWhoMayChangeThings) {
  EXPECT_EQ(desk.say("switchover"), "error: usage: switchover carpN | all\n");
  EXPECT_EQ(desk.say("switchover Secret"), "error: switchover: no such virtual host\n");
  EXPECT_TRUE(desk.type("switchover all", Access::show_only).text.starts_with("error: permission"));
  desk.say("ifconfig carp0 down && ifconfig carp1 down");
  EXPECT_EQ(desk.say("switchover carp0"),
            "error: switchover: carp0 is INIT here; its MASTER is the one to hand over\n");
  EXPECT_EQ(desk.say("switchover all"), "error: switchover: this host is MASTER of nothing\n");
}

TEST_F(CommandsPlanned, WithPreemptItSaysThatItStaysBack) {
  desk.say("sysctl net.inet.carp.preempt=1");
  const Reply begun = desk.type("switchover carp0");
  run(milliseconds(7));
  hear(peer, {1, 100});
  EXPECT_EQ(rest_of(begun).text,
            "carp0: 192.168.1.4 is MASTER, nobody answered for 7.0 ms; this host does not preempt "
            "it until it has been MASTER again\n");
  EXPECT_FALSE(desk.rig.is_master("carp0"));
  EXPECT_NE(desk.say("show vhosts").find("carp0 was switched over: "), std::string::npos);
  desk.say("ifconfig carp0 state master");
  EXPECT_EQ(desk.say("show vhosts").find("carp0 was switched over: "), std::string::npos);
}

TEST_F(CommandsPlanned, MaintenanceIsInForceAtOnceAndKeptByTheDisk) {
  EXPECT_EQ(desk.say("maintenance"), "maintenance: off\n");
  const Reply begun = desk.type("maintenance on && maintenance");
  ASSERT_TRUE(begun.waiting);
  EXPECT_FALSE(desk.rig.is_master("carp0") || desk.rig.is_master("carp1"));
  const auto job = desk.jobs.take();
  ASSERT_TRUE(job);
  EXPECT_EQ(job->kind, JobKind::maintenance);
  EXPECT_TRUE(job->maintenance);
  EXPECT_EQ(job->state_dir, desk.rig.engine().config().global.state_dir);
  desk.jobs.finish({});
  EXPECT_EQ(rest_of(begun).text, "maintenance: on\n");
  EXPECT_NE(desk.say("show vhosts").find("maintenance is on: "), std::string::npos);
  EXPECT_EQ(desk.document("vhosts")["maintenance"], true);
}

TEST_F(CommandsPlanned, MaintenanceSaysWhereItCouldNotBeKept) {
  ASSERT_TRUE(desk.type("reload").waiting);
  EXPECT_EQ(desk.say("maintenance on"),
            "error: maintenance is on, but a restart will not know: another reload or write is "
            "under way; say it again\n");
  EXPECT_TRUE(desk.rig.engine().in_maintenance());
}

TEST_F(CommandsPlanned, MaintenanceIsForWhoMayChangeThings) {
  EXPECT_TRUE(desk.type("maintenance on", Access::show_only).text.starts_with("error: permission"));
  EXPECT_EQ(desk.type("maintenance", Access::show_only).text, "maintenance: off\n");
  EXPECT_EQ(desk.say("maintenance now"), "error: usage: maintenance [on | off]\n");
  EXPECT_FALSE(desk.rig.engine().in_maintenance());
}

}  // namespace
}  // namespace carp::control
