// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/commands.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "lib/proto/key.h"
#include "tests/control/command_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using proto::State;
using std::chrono::milliseconds;
using std::chrono::seconds;

// What is typed, and the whole answer to it.
using Dialogue = std::vector<std::pair<std::string_view, std::string_view>>;

void expect_dialogue(CommandRig& console, const Dialogue& dialogue) {
  for (const auto& [line, text] : dialogue) EXPECT_EQ(console.say(line), text) << line;
}

[[nodiscard]] CommandRig with_carp0() {
  return CommandRig(lab_config({vhost("carp0", 1, "192.168.1.50/24")}));
}

// I3.3, from nothing to MASTER; the block is FreeBSD's to the letter.
TEST(Commands, CreatesAndDisplaysAsFreeBsdDoes) {
  CommandRig console;
  expect_dialogue(console,
                  {
                      {"ifconfig", ""},
                      {"ifconfig carp0 create", ""},
                      {"ifconfig carp0", "carp0: flags=8<LOOPBACK> metric 0 mtu 1500\n"},
                      {"ifconfig carp0 vhid 1 advskew 100 pass mekmitasdigoat 192.168.1.1/24", ""},
                      {"ifconfig carp0",
                       "carp0: flags=49<UP,LOOPBACK,RUNNING> metric 0 mtu 1500\n"
                       "        inet 192.168.1.1 netmask 0xffffff00\n"
                       "        carp: BACKUP vhid 1 advbase 1 advskew 100\n"},
                      {"ifconfig carp0 192.168.1.2/24 alias", ""},
                      {"ifconfig carp0 down", ""},
                      {"ifconfig -a",
                       "carp0: flags=8<LOOPBACK> metric 0 mtu 1500\n"
                       "        inet 192.168.1.1 netmask 0xffffff00\n"
                       "        inet 192.168.1.2 netmask 0xffffff00\n"
                       "        carp: INIT vhid 1 advbase 1 advskew 100\n"},
                      {"ifconfig carp0 192.168.1.2 delete", ""},
                      {"ifconfig carp0 up", ""},
                  });
  console.rig.run(seconds(4));
  expect_dialogue(console, {
                               {"ifconfig",
                                "carp0: flags=49<UP,LOOPBACK,RUNNING> metric 0 mtu 1500\n"
                                "        inet 192.168.1.1 netmask 0xffffff00\n"
                                "        carp: MASTER vhid 1 advbase 1 advskew 100\n"},
                               {"ifconfig carp0 destroy", ""},
                               {"ifconfig", ""},
                           });
}

// The first set-up of carp(4): two interfaces that fail over together.
TEST(Commands, ManualPageFirewallSetUpTypedLineByLine) {
  CommandRig console;
  expect_dialogue(console,
                  {
                      {"sysctl net.inet.carp.preempt=1", "net.inet.carp.preempt: 0 -> 1\n"},
                      {"ifconfig carp0 create", ""},
                      {"ifconfig carp0 vhid 1 pass mekmitasdigoat 192.168.1.1/24", ""},
                      {"ifconfig carp1 create", ""},
                      {"ifconfig carp1 vhid 2 pass mekmitasdigoat 192.168.2.1/24", ""},
                  });
  EXPECT_TRUE(console.rig.engine().config().sysctl.preempt);
  EXPECT_EQ(console.rig.entry("carp0").config.interface, "lan0");
  EXPECT_EQ(console.rig.entry("carp1").config.interface, "lan1");
  EXPECT_EQ(console.rig.entry("carp0").config.key, proto::key_from_pass("mekmitasdigoat"));
  console.rig.run(seconds(4));
  EXPECT_TRUE(console.rig.is_master("carp0"));
  EXPECT_TRUE(console.rig.is_master("carp1"));
}

// The second one: an address shared by two vhids (I2.7).
TEST(Commands, ManualPageBalancedSetUpTypedLineByLine) {
  CommandRig console;
  expect_dialogue(console,
                  {
                      {"sysctl net.inet.carp.arpbalance=1", "net.inet.carp.arpbalance: 0 -> 1\n"},
                      {"ifconfig carp0 create", ""},
                      {"ifconfig carp0 vhid 1 pass mekmitasdigoat 192.168.1.10/24", ""},
                      {"ifconfig carp1 create", ""},
                      {"ifconfig carp1 vhid 2 advskew 100 pass mekmitasdigoat 192.168.1.10/24", ""},
                  });
  console.rig.run(seconds(4));
  EXPECT_TRUE(console.rig.serves("carp0"));
  EXPECT_TRUE(console.rig.serves("carp1"));
  EXPECT_NE(console.rig.answer("192.168.1.10", "192.168.1.200"),
            console.rig.answer("192.168.1.10", "192.168.1.201"));
}

// C91a: the master says goodbye and comes back as BACKUP.
TEST(Commands, HandbooksDownAndUpHandsOver) {
  CommandRig console = with_carp0();
  console.rig.run(seconds(4));
  ASSERT_TRUE(console.rig.is_master());
  console.rig.forget_sent();
  EXPECT_EQ(console.say("ifconfig carp0 down && ifconfig carp0 up"), "");
  console.rig.run(milliseconds(10));
  ASSERT_EQ(console.rig.adverts().size(), 1u);
  EXPECT_EQ(console.rig.adverts()[0].advert.pace, proto::kBowOut);
  EXPECT_EQ(console.rig.state(), State::backup);
}

TEST(Commands, StateForcesATakeoverAndAHandOver) {
  CommandRig console = with_carp0();
  EXPECT_EQ(console.say("ifconfig carp0 state master"), "");
  EXPECT_TRUE(console.rig.is_master());
  EXPECT_EQ(console.say("ifconfig carp0 state backup"), "");
  EXPECT_EQ(console.rig.state(), State::backup);
}

TEST(Commands, StateOfOneInInitSaysWhyItDoesNotRun) {
  CommandRig console;
  const auto refusal = [&] { return console.say("ifconfig carp0 state master"); };
  console.say("ifconfig carp0 create up");
  EXPECT_EQ(refusal(), "error: carp0 is INIT: it has no vhid\n");
  console.say("ifconfig carp0 vhid 1");
  EXPECT_EQ(refusal(), "error: carp0 is INIT: it has no address\n");
  console.say("ifconfig carp0 192.168.1.50/24");
  console.rig.set_link(0, false);
  EXPECT_EQ(refusal(), "error: carp0 is INIT: lan0 has no link\n");
  console.say("sysctl net.inet.carp.allow=0");
  EXPECT_EQ(refusal(), "error: carp0 is INIT: net.inet.carp.allow is 0\n");
  console.say("ifconfig carp0 down");
  EXPECT_EQ(refusal(), "error: carp0 is INIT: it is down; ifconfig carp0 up starts it\n");
}

TEST(Commands, StateWithFurtherChangesIsRefusedAndChangesNothing) {
  CommandRig console = with_carp0();
  EXPECT_EQ(console.say("ifconfig carp0 advskew 7 state master"),
            "error: state: set other parameters first, by a command of their own\n");
  EXPECT_EQ(console.rig.entry().config.pace.advskew, 0);
  // As newer FreeBSDs have it; the vhid is the one it has.
  EXPECT_EQ(console.say("ifconfig carp0 vhid 1 state master"), "");
  EXPECT_TRUE(console.rig.is_master());
}

// Until it has both it is none of the workers' business.
TEST(Commands, AnAddressMayComeBeforeItsVhid) {
  CommandRig console;
  EXPECT_EQ(console.say("ifconfig carp0 create 192.168.1.50/24"), "");
  EXPECT_EQ(console.say("ifconfig"),
            "carp0: flags=9<UP,LOOPBACK> metric 0 mtu 1500\n"
            "        inet 192.168.1.50 netmask 0xffffff00\n");
  console.rig.run(milliseconds(10));
  EXPECT_EQ(console.rig.table()->find(0, {0xc0a80132}), nullptr);
  EXPECT_EQ(console.say("ifconfig carp0 vhid 7"), "");
  console.rig.run(milliseconds(10));
  EXPECT_NE(console.rig.table()->find(0, {0xc0a80132}), nullptr);
  EXPECT_EQ(console.rig.state(), State::backup);
}

TEST(Commands, CreateWithoutANumberAnswersTheName) {
  CommandRig console = with_carp0();
  EXPECT_EQ(console.say("ifconfig carp create"), "carp1\n");
  EXPECT_EQ(console.say("ifconfig carp create vhid 9 pass x 192.168.1.9/24"), "carp2\n");
  EXPECT_EQ(console.rig.state("carp2"), State::backup);
  EXPECT_EQ(console.say("ifconfig carp9 create && ifconfig carp create"), "carp3\n");
}

TEST(Commands, AnAddressWithoutAliasTakesThePlaceOfTheFirst) {
  CommandRig console = with_carp0();
  console.say("ifconfig carp0 192.168.1.51/24 alias");
  EXPECT_EQ(console.say("ifconfig carp0 192.168.1.60/24"), "");
  EXPECT_EQ(console.document("vhosts")["vhosts"][0]["addresses"],
            nlohmann::json({"192.168.1.60/24", "192.168.1.51/24"}));
}

// A MASTER that loses its last address still says goodbye, signed with it.
TEST(Commands, DeletingTheLastAddressBowsOutAndGivesUpTheInterface) {
  CommandRig console = with_carp0();
  console.rig.run(seconds(4));
  console.rig.forget_sent();
  EXPECT_EQ(console.say("ifconfig carp0 192.168.1.50 -alias"), "");
  console.rig.run(milliseconds(10));
  ASSERT_EQ(console.rig.adverts().size(), 1u);
  EXPECT_EQ(console.rig.adverts()[0].advert.pace, proto::kBowOut);
  EXPECT_EQ(console.say("ifconfig"),
            "carp0: flags=9<UP,LOOPBACK> metric 0 mtu 1500\n"
            "        carp: INIT vhid 1 advbase 1 advskew 0\n");
  // The next one may be of another subnet.
  EXPECT_EQ(console.say("ifconfig carp0 192.168.2.50/24"), "");
  EXPECT_EQ(console.rig.entry().config.interface, "lan1");
  EXPECT_EQ(console.rig.state(), State::backup);
}

// carp.ini named the interface, so addresses of any subnet may come and go.
TEST(Commands, AnInterfaceNamedInTheFileIsKept) {
  CommandRig console(lab_config({vhost("carp0", 1, "10.9.9.50/24")}));
  EXPECT_EQ(console.say("ifconfig carp0 10.9.9.51/24 alias"), "");
  EXPECT_EQ(console.say("ifconfig carp0 10.9.9.50 delete"), "");
  EXPECT_EQ(console.rig.entry().config.interface, "lan0");
}

TEST(Commands, ChangesKeepStateAndMastership) {
  CommandRig console = with_carp0();
  console.rig.run(seconds(4));
  EXPECT_EQ(console.say("ifconfig carp0 advskew 7 pass other 192.168.1.51/24 alias"), "");
  console.rig.run(seconds(4));
  EXPECT_TRUE(console.rig.is_master());
  EXPECT_EQ(console.rig.entry().transitions, 2u);  // started, timed out
}

TEST(Commands, AnOverlongPassPhraseIsCutWithAWarning) {
  CommandRig console = with_carp0();
  EXPECT_EQ(console.say("ifconfig carp0 pass 'twenty characters..!'"),
            "warning: carp0: the password is longer than 19 bytes and is cut there, as ifconfig(8) "
            "does\n");
  EXPECT_EQ(console.rig.entry().config.key, proto::key_from_pass("twenty characters.."));
}

// One for each rule that carp.ini is checked by (I2.6), in the words of those checks.
TEST(Commands, RefusalsNameTheFaultAndChangeNothing) {
  CommandRig console(lab_config(
      {vhost("carp0", 1, "192.168.1.50/24"), vhost("carp1", 2, "192.168.2.50/24", {}, "lan1")}));
  const std::string before = console.say("ifconfig");
  expect_dialogue(
      console,
      {
          {"ifconfig carp7 vhid 3",
           "error: carp7 does not exist; ifconfig carp7 create makes it\n"},
          {"ifconfig carp7", "error: carp7 does not exist; ifconfig carp7 create makes it\n"},
          {"ifconfig carp7 destroy",
           "error: carp7 does not exist; ifconfig carp7 create makes it\n"},
          {"ifconfig lan0", "error: ifconfig: carp0, carp1, ... was expected\n"},
          {"ifconfig lan0 up", "error: ifconfig: carp0, carp1, ... was expected\n"},
          {"ifconfig carp up", "error: usage: ifconfig carp create, or ifconfig carpN ...\n"},
          {"ifconfig carp0 create", "error: carp0 exists already\n"},
          {"ifconfig carp0 destroy down", "error: destroy stands alone: ifconfig carp0 destroy\n"},
          {"ifconfig carp0 advskew 300", "error: advskew: 300 is not in 0–254\n"},
          {"ifconfig carp0 vhid 0", "error: vhid: 0 is not in 1–255\n"},
          {"ifconfig carp0 192.168.1.50/24 alias",
           "error: address: 192.168.1.50 stands twice in carp0\n"},
          {"ifconfig carp0 192.168.1.3/24 alias",
           "error: address: 192.168.1.3 is this host's own address on lan0 and cannot be shared\n"},
          {"ifconfig carp0 192.168.1.77 delete",
           "error: carp0 does not have the address 192.168.1.77\n"},
          {"ifconfig carp0 172.16.0.1/24",
           "error: carp0: no interface has an own address in the subnet of 172.16.0.1\n"},
          {"ifconfig carp0 192.168.2.60/24 alias",
           "error: carp0: no one interface has own addresses in the subnets of all its "
           "addresses\n"},
          {"ifconfig carp8 create vhid 1 192.168.1.60/24",
           "error: vhid: 1 is already that of carp0 on lan0\n"},
      });
  EXPECT_EQ(console.say("ifconfig"), before);
}

TEST(Commands, TwoInterfacesWithTheSubnetAreAmbiguous) {
  Config config = lab_config();
  config.interfaces.push_back(interface_config("lan2", "192.168.1.4/24"));
  CommandRig console(std::move(config));
  EXPECT_EQ(console.say("ifconfig carp0 create vhid 1 192.168.1.50/24"),
            "error: carp0: lan0 and lan2 both have an own address in its subnet; name one with "
            "interface in carp.ini\n");
  EXPECT_EQ(console.say("ifconfig"), "");
}

TEST(Commands, TheSameVhidOnAnotherInterfaceIsAnotherGroup) {
  CommandRig console = with_carp0();
  EXPECT_EQ(console.say("ifconfig carp1 create vhid 1 192.168.2.50/24"), "");
  EXPECT_EQ(console.say("ifconfig carp1 192.168.1.51/24"),
            "error: vhid: 1 is already that of carp0 on lan0\n");
  EXPECT_EQ(console.rig.state("carp1"), State::backup);
}

TEST(Commands, NoVirtualHostIsMadeBeyondTheLimit) {
  CommandRig console;
  Engine& engine = console.rig.engine();
  for (int i = 0; i < dataplane::kMaxVhosts; ++i) {
    engine.set_vhost({.name = "carp" + std::to_string(i)}, kNoInterface, console.rig.now(),
                     console.rig.out());
  }
  const char* refusal = "error: there is no room for another virtual host: at most 4080\n";
  EXPECT_EQ(console.say("ifconfig carp create"), refusal);
  EXPECT_EQ(console.say("ifconfig carp0 vhid 1"), refusal);
  // A lease is free again once no worker can know it any more: a pass later.
  EXPECT_EQ(console.say("ifconfig carp7 destroy && ifconfig carp create"), refusal);
  EXPECT_EQ(console.say("ifconfig carp create"), "carp7\n");
}

}  // namespace
}  // namespace carp::control
