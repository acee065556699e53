// SPDX-License-Identifier: BSD-3-Clause
//
// Why a virtual host is INIT, in the words of `show vhosts` and of a refused `state` (I3.3, I3.4):
// each reason of C68 has its own, and they are those of what an operator can do about it.
#include <gtest/gtest.h>

#include "lib/control/show_facts.h"
#include "tests/control/command_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] CommandRig with_carp0(void (*prepare)(Config&) = [](Config&) {}) {
  Config config = lab_config({vhost("carp0", 1, "192.168.1.50/24")});
  prepare(config);
  return CommandRig(std::move(config));
}

// What table, document and refusal say of carp0; the same words, or else the difference.
[[nodiscard]] std::string why(CommandRig& console) {
  const auto document = console.document("vhosts")["vhosts"][0]["why_not_running"];
  const std::string words = document.is_null() ? "" : document.get<std::string>();
  const std::string sentence = "carp0 is INIT: " + words + '\n';
  const bool in_table = console.say("show vhosts").ends_with(sentence);
  if (in_table != !words.empty()) return "the table says otherwise than " + words;
  if (in_table && console.say("ifconfig carp0 state master") != "error: " + sentence)
    return "the refusal says otherwise than " + words;
  return words;
}

TEST(WhyInit, NothingWhileItRuns) {
  CommandRig console = with_carp0();
  EXPECT_EQ(why(console), "");
  console.rig.run(seconds(4));
  EXPECT_EQ(why(console), "");
}

// I2.13: what is typed shows at once; that it is not said yet, too.
TEST(ShowTransition, SaysWhichSetIsSaidAndForHowLong) {
  CommandRig console = with_carp0([](Config& c) { c.global.transition = seconds(60); });
  console.rig.run(seconds(4));
  const auto transition = [&] { return console.document("vhosts")["vhosts"][0]["transition"]; };
  EXPECT_TRUE(transition().is_null());
  console.say("ifconfig carp0 192.168.1.51/24 alias");
  EXPECT_EQ(transition(), "says the old password and addresses for at most 60 s");
  EXPECT_TRUE(console.say("show vhosts")
                  .ends_with("carp0 is in transition: says the old password and addresses for at "
                             "most 60 s\n"));
  EXPECT_EQ(console.document("vhosts")["vhosts"][0]["addresses"].size(), 2u);
  console.rig.run(seconds(61));
  EXPECT_EQ(transition(), "says the new password and addresses, accepts the old for 59 s");
  console.rig.run(seconds(60));
  EXPECT_TRUE(transition().is_null());
}

TEST(WhyInit, Down) {
  CommandRig console = with_carp0();
  console.say("ifconfig carp0 down");
  EXPECT_EQ(why(console), "it is down; ifconfig carp0 up starts it");
}

TEST(WhyInit, NoVhidNoAddress) {
  CommandRig console;
  console.say("ifconfig carp0 create && ifconfig carp0 up");
  EXPECT_EQ(why(console), "it has no vhid");
  console.say("ifconfig carp0 vhid 1");
  EXPECT_EQ(why(console), "it has no address");
  console.say("ifconfig carp0 192.168.1.50/24");
  EXPECT_EQ(why(console), "");
}

TEST(WhyInit, NotAllowed) {
  CommandRig console = with_carp0();
  console.say("sysctl net.inet.carp.allow=0");
  EXPECT_EQ(why(console), "net.inet.carp.allow is 0");
}

TEST(WhyInit, NoLinkAndThenLinkHold) {
  CommandRig console =
      with_carp0([](Config& config) { config.interfaces[0].link_hold = seconds(5); });
  console.rig.run(seconds(6));
  EXPECT_EQ(why(console), "");
  console.rig.set_link(0, false);
  EXPECT_EQ(why(console), "lan0 has no link");
  console.rig.set_link(0, true);
  EXPECT_EQ(why(console), "lan0 has its link back, but link_hold is not over");
}

// D4 rule 4.
TEST(WhyInit, WorkersStall) {
  CommandRig console = with_carp0();
  console.rig.workers_poll = false;
  console.rig.run(seconds(2));
  EXPECT_EQ(why(console), "the workers of lan0 do not poll");
}

// I2.11; and not before the interface's own trouble, of which it knows nothing.
TEST(WhyInit, StartupHold) {
  CommandRig console = with_carp0([](Config& config) { config.global.startup_hold = seconds(30); });
  EXPECT_EQ(why(console), "startup_hold is not over");
  console.rig.set_link(0, false);
  EXPECT_EQ(why(console), "lan0 has no link");
  console.rig.set_link(0, true);
  console.rig.run(seconds(30));
  EXPECT_EQ(why(console), "");
}

// Also with startup_hold set, which has nothing to do with it.
TEST(WhyInit, TheEndOfTheProgram) {
  for (const int hold : {0, 1}) {
    Config config = lab_config({vhost("carp0", 1, "192.168.1.50/24")});
    config.global.startup_hold = seconds(hold);
    CommandRig console(std::move(config));
    console.rig.run(seconds(2));
    console.rig.engine().stop(console.rig.now(), console.rig.out());
    EXPECT_EQ(why(console), "the program is about to end");
  }
}

// A host that does not take part hears nobody, and does not claim to know.
TEST(ShowVhosts, OneThatIsInitNamesNoMaster) {
  CommandRig console = with_carp0();
  console.rig.hear(Neighbour(console.rig.entry().config).advert({1, 0}));
  EXPECT_EQ(console.document("vhosts")["vhosts"][0]["master"], "192.168.1.4");
  console.say("ifconfig carp0 down");
  EXPECT_EQ(console.document("vhosts")["vhosts"][0]["master"], nullptr);
  console.say("ifconfig carp0 up");
  console.rig.run(seconds(4));
  EXPECT_EQ(console.document("vhosts")["vhosts"][0]["master"], "192.168.1.3");
  console.say("ifconfig carp0 down");
  EXPECT_EQ(console.document("vhosts")["vhosts"][0]["master"], nullptr);
}

// I3.2: the second command of a line sees what the first has done.
TEST(WhyInit, IsKnownBeforeTheNextPass) {
  CommandRig console = with_carp0();
  EXPECT_EQ(console.say("ifconfig carp0 down && ifconfig carp0 state master"),
            "error: carp0 is INIT: it is down; ifconfig carp0 up starts it\n");
}

}  // namespace
}  // namespace carp::control
