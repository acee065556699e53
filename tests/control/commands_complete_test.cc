// SPDX-License-Identifier: BSD-3-Clause
//
// What Tab and ? offer: the words by which lines are executed, and the names of what there is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/control/config_lines.h"
#include "lib/control/show.h"
#include "tests/control/command_rig.h"

namespace carp::control {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CompleteTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> words(std::string_view line) const {
    return rig_.commands.complete(line).words;
  }
  CommandRig rig_{
      lab_config({vhost("carp0", 1, "192.168.1.50/24"), vhost("carp12", 2, "192.168.1.51/24")})};
};

TEST_F(CompleteTest, Commands) {
  EXPECT_THAT(words("sh"), ElementsAre("show", "shutdown"));
  EXPECT_THAT(words("  ifc"), ElementsAre("ifconfig"));
  EXPECT_THAT(words("demote +1 && wr"), ElementsAre("write"));
  EXPECT_THAT(words("reload&&w"), ElementsAre("write"));
  EXPECT_THAT(words(""), Contains("quit"));
  EXPECT_THAT(words(""), Not(Contains("?")));
  EXPECT_THAT(words("dance "), IsEmpty());
  EXPECT_THAT(words("reload "), IsEmpty());
  EXPECT_EQ(rig_.commands.complete("demote +1 && wr").typed, 2u);
}

TEST_F(CompleteTest, NamesOfThisMoment) {
  EXPECT_THAT(words("ifconfig "), ElementsAre("carp0", "carp12", "carp"));
  EXPECT_THAT(words("ifconfig carp1"), ElementsAre("carp12"));
  EXPECT_EQ(rig_.say("ifconfig carp13 create"), "");
  EXPECT_EQ(rig_.say("ifconfig carp12 destroy"), "");
  EXPECT_THAT(words("ifconfig carp1"), ElementsAre("carp13"));
}

// Only a MASTER can hand over.
TEST_F(CompleteTest, WordsOfPlannedWork) {
  EXPECT_THAT(words("maintenance "), ElementsAre("on", "off"));
  EXPECT_THAT(words("maintenance on "), IsEmpty());
  EXPECT_THAT(words("switchover "), ElementsAre("all"));
  EXPECT_EQ(rig_.say("ifconfig carp12 state master"), "");
  EXPECT_THAT(words("switchover "), ElementsAre("carp12", "all"));
}

TEST_F(CompleteTest, WordsOfIfconfig) {
  EXPECT_THAT(words("ifconfig carp0 adv"), ElementsAre("advbase", "advskew"));
  EXPECT_THAT(words("ifconfig carp0 advskew "), IsEmpty());
  EXPECT_THAT(words("ifconfig carp0 advskew 1 v"), ElementsAre("vhid"));
  EXPECT_THAT(words("ifconfig carp0 state "), ElementsAre("master", "backup"));
  EXPECT_THAT(words("ifconfig carp0 192.168.1.52/24 al"), ElementsAre("alias"));
  EXPECT_THAT(words("ifconfig carp0 -"), ElementsAre("-alias"));
}

// Every word that is offered is one: no answer calls it unknown.
TEST_F(CompleteTest, EveryWordIsUnderstood) {
  for (const std::string& word : words("ifconfig carp0 ")) {
    EXPECT_THAT(rig_.say("ifconfig carp0 " + word), Not(HasSubstr("unknown"))) << word;
  }
  for (const std::string& word : words("show ")) {
    EXPECT_THAT(rig_.say("show " + word), Not(HasSubstr("usage"))) << word;
  }
  for (const std::string& word : words("sysctl ")) {
    EXPECT_THAT(rig_.say("sysctl " + word), Not(HasSubstr("error"))) << word;
  }
  for (const std::string& word : words("")) {
    EXPECT_THAT(rig_.say(word), Not(HasSubstr("unknown"))) << word;
  }
}

TEST_F(CompleteTest, TopicsAndTheirForms) {
  EXPECT_EQ(words("show "), split_words(show_topics(" ")));
  EXPECT_THAT(words("show vh"), ElementsAre("vhosts"));
  EXPECT_THAT(words("show vhosts "), ElementsAre("json"));
  EXPECT_THAT(words("show vhosts json "), IsEmpty());
}

TEST_F(CompleteTest, Sysctls) {
  EXPECT_THAT(words("sysctl net.inet.carp.a"),
              ElementsAre("net.inet.carp.allow", "net.inet.carp.arpbalance"));
  EXPECT_THAT(words("sysctl net.inet.carp.log net.inet.carp.p"),
              ElementsAre("net.inet.carp.preempt"));
  EXPECT_EQ(rig_.commands.complete("sysctl n").after, "");
}

// A password is any text; so is what stands in quotes.
TEST_F(CompleteTest, NothingIsOfferedForAPassword) {
  EXPECT_TRUE(rig_.commands.complete("ifconfig carp0 pass ").is_free);
  EXPECT_TRUE(rig_.commands.complete("ifconfig carp0 pass v").is_free);
  EXPECT_TRUE(rig_.commands.complete("ifconfig carp0 vhid 1 pass 'two w").is_free);
  EXPECT_TRUE(rig_.commands.complete("ifconfig \"").is_free);
  EXPECT_THAT(words("ifconfig carp0 pass v"), IsEmpty());
  EXPECT_THAT(words("ifconfig carp0 pass pass v"), ElementsAre("vhid"));
  EXPECT_FALSE(rig_.commands.complete("ifconfig carp0 pass vhid ").is_free);
}

TEST_F(CompleteTest, HelpIsAboutTheCommand) {
  EXPECT_EQ(rig_.commands.complete("write ").help.substr(0, 6), "write ");
  EXPECT_THAT(rig_.commands.complete("ifconfig carp0 ").help, HasSubstr("state master | backup"));
  EXPECT_THAT(rig_.commands.complete("sh").help, Not(HasSubstr("ifconfig")));
  EXPECT_THAT(rig_.say("help"), HasSubstr(rig_.commands.complete("").help));
  for (const std::string& word : words("")) {
    EXPECT_THAT(rig_.say("help"), HasSubstr(word)) << word;
  }
}

}  // namespace
}  // namespace carp::control
