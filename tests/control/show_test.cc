// SPDX-License-Identifier: BSD-3-Clause
//
// The tables of `show`, as they are read.
#include "lib/control/show.h"

#include <gtest/gtest.h>

#include "lib/control/show_facts.h"
#include "lib/control/show_table.h"
#include "tests/control/command_rig.h"

namespace carp::control {
namespace {

using std::chrono::seconds;

TEST(ShowVhosts, TableAlignsAndSaysWhyOneIsInit) {
  CommandRig console(lab_config({vhost("carp0", 1, "192.168.1.50/24"),
                                 vhost("carp10", 200, "192.168.2.50/24", {2, 100}, "lan1")}));
  console.say("ifconfig carp0 192.168.1.51/24 alias && ifconfig carp10 down");
  console.rig.run(seconds(75));
  console.say("demote +5");
  EXPECT_EQ(
      console.say("show vhosts"),
      "NAME    INTERFACE  VHID  STATE      SINCE  MASTER       ADVBASE    ADVSKEW  ADDRESSES\n"
      "carp0   lan0          1  MASTER  00:01:12  192.168.1.3        1    0 (240)  "
      "192.168.1.50/24\n"
      "                                                                            "
      "192.168.1.51/24\n"
      "carp10  lan1        200  INIT    00:01:15  -                  2  100 (240)  "
      "192.168.2.50/24\n"
      "carp10 is INIT: it is down; ifconfig carp10 up starts it\n");
}

TEST(ShowFacts, TimesAreWrittenAsRfc3339Does) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(rfc3339(951'782'399'999'999), "2000-02-28T23:59:59.999999Z");
  EXPECT_EQ(rfc3339(951'782'400'000'000), "2000-02-29T00:00:00.000000Z");
  EXPECT_EQ(rfc3339(1'795'330'800'123'456), "2026-11-22T07:00:00.123456Z");
}

TEST(ShowTable, AlignsAndLeavesNoBlanksAtTheEnd) {
  ShowTable table({{"NAME"}, {"N", Align::right}, {"LAST"}});
  table.add({"a", "1", "x"});
  table.add({"longer", "100"});
  EXPECT_EQ(table.text(), "NAME      N  LAST\na         1  x\nlonger  100\n");
}

// The part of a list that an answer has room for, and how many there are where that is not all.
TEST(Show, DocumentsListAPartWhereAskedTo) {
  CommandRig desk(
      lab_config({vhost("carp0", 1, "192.168.1.50/24"), vhost("carp1", 2, "192.168.1.51/24"),
                  vhost("carp2", 3, "192.168.1.52/24")}));
  const auto names = [&](Window window) {
    const ShowInput input{desk.rig.engine(), desk.view, desk.rig.now(), window};
    const auto document = nlohmann::json::parse(*show("vhosts", ShowForm::json, input));
    std::string text;
    for (const auto& listed : document.at("vhosts")) text += listed.at("name").get<std::string>();
    return text + (document.contains("total") ? " of " + document.at("total").dump() : "");
  };
  EXPECT_EQ(names({}), "carp0carp1carp2");
  EXPECT_EQ(names({0, 3}), "carp0carp1carp2");
  EXPECT_EQ(names({0, 2}), "carp0carp1 of 3");
  EXPECT_EQ(names({1, 1}), "carp1 of 3");
  EXPECT_EQ(names({2, 10}), "carp2 of 3");
  EXPECT_EQ(names({3, 10}), " of 3");
  EXPECT_EQ(names({SIZE_MAX, SIZE_MAX}), " of 3");
}

TEST(Show, EveryTopicHasHeadingsAndNoTrailingBlanks) {
  CommandRig console(lab_config({vhost("carp0", 1, "192.168.1.50/24")}));
  console.view.workers = {{.lcore = 1, .handed_over = 7, .busy = 0.5}};
  console.view.versions = {"dpdk-carp 0.1.0"};
  for (const std::string topic : {"vhosts", "interfaces", "workers", "peers", "statistics",
                                  "demotion", "history", "config", "version"}) {
    const std::string text = console.say("show " + topic);
    EXPECT_TRUE(text.ends_with('\n')) << topic;
    EXPECT_EQ(text.find(" \n"), std::string::npos) << text;
  }
  EXPECT_EQ(
      console.say("show workers"),
      "LCORE  RECEIVED  ARP_REPLIES  ECHO_REPLIES  PUNTED  DROPPED  HANDED_OVER    BUSY  TABLE  "
      "POLLS  QUEUES\n"
      "    1         0            0             0       0        0            7  50.0 %      0  "
      "yes    -\n");
}

TEST(Show, UnknownTopicsAreNone) {
  CommandRig console;
  const ShowInput input{console.rig.engine(), console.view, console.rig.now()};
  EXPECT_EQ(show("vhost", ShowForm::text, input), std::nullopt);
  EXPECT_EQ(show("", ShowForm::json, input), std::nullopt);
}

TEST(ShowStatistics, TellsHowLateAdvertisementsAndTablesWere) {
  CommandRig console;
  for (int us = 1; us <= 20; ++us) console.view.late_adverts.add(proto::Duration(us));
  console.view.switch_times.add(proto::Duration(30));
  const auto times = console.document("statistics")["times"];
  EXPECT_EQ(times["late_adverts"],
            nlohmann::json::parse(
                R"({"count": 20, "p50_us": 10, "p99_us": 20, "p999_us": 20, "max_us": 20})"));
  EXPECT_EQ(times["table_switch"]["count"], 1);
  EXPECT_EQ(times["table_switch"]["p50_us"], 30);
  const std::string table = console.say("show statistics");
  EXPECT_NE(table.find("late_adverts     20   10   20     20   20  from when"), std::string::npos)
      << table;
}

}  // namespace
}  // namespace carp::control
