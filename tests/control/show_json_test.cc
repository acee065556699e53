// SPDX-License-Identifier: BSD-3-Clause
//
// The documents of `show`, key by key (interface.md, section 3).
#include "lib/control/show_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/control/command_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using dataplane::Reason;
using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] CommandRig with_carp0() {
  return CommandRig(lab_config({vhost("carp0", 1, "192.168.1.50/24")}));
}

// The document holds these keys with these values, and maybe more.
void expect_holds(const json& document, const json& wanted) {
  for (const auto& [key, value] : wanted.items()) {
    ASSERT_TRUE(document.contains(key)) << key << " in " << document;
    EXPECT_EQ(document[key], value) << key;
    EXPECT_EQ(document[key].type_name(), std::string(value.type_name())) << key;
  }
}

[[nodiscard]] WorkerView worker_view(unsigned lcore) {
  WorkerView worker{
      .lcore = lcore, .received = 15, .handed_over = 3, .busy = 0.42, .table_generation = 7};
  const auto count = [&](Reason reason, uint64_t frames) {
    worker.by_reason[static_cast<size_t>(reason)] = frames;
  };
  count(Reason::arp_answered, 5);
  count(Reason::echo_answered, 1);
  count(Reason::advert, 2);
  count(Reason::arp_conflict, 1);
  count(Reason::not_master, 3);
  count(Reason::arp_from_virtual, 2);
  count(Reason::ipv6, 1);
  worker.queues = {"net_ring0 rx 0", "net_ring1 rx 0"};
  return worker;
}

TEST(ShowVhosts, DocumentOfAMaster) {
  CommandRig console = with_carp0();
  console.rig.run(seconds(4));
  json vhosts = console.document("vhosts");
  ASSERT_EQ(vhosts["vhosts"].size(), 1u);
  const json& carp0 = vhosts["vhosts"][0];
  expect_holds(carp0, {{"name", "carp0"},
                       {"interface", "lan0"},
                       {"vhid", 1u},
                       {"state", "MASTER"},
                       {"since_s", 1.0},
                       {"master", "192.168.1.3"},
                       {"advbase", 1u},
                       {"advskew", 0u},
                       {"effective_advskew", 0u},
                       {"up", true},
                       {"running", true},
                       {"addresses", json::array({"192.168.1.50/24"})},
                       {"virtual_mac", "00:00:5e:00:01:01"},
                       {"transitions", 2u},
                       {"why_not_running", nullptr}});
}

TEST(ShowVhosts, DocumentOfABackupNamesTheMasterHeard) {
  CommandRig console = with_carp0();
  EXPECT_EQ(console.document("vhosts")["vhosts"][0]["master"], nullptr);
  console.say("demote +1");
  console.rig.hear(Neighbour(console.rig.entry().config).advert({1, 0}));
  expect_holds(console.document("vhosts")["vhosts"][0],
               {{"state", "BACKUP"}, {"master", "192.168.1.4"}, {"effective_advskew", 240u}});
}

TEST(ShowVhosts, DocumentOfOneJustCreated) {
  CommandRig console;
  console.say("ifconfig carp0 create");
  expect_holds(console.document("vhosts")["vhosts"][0],
               {{"interface", nullptr},
                {"vhid", nullptr},
                {"state", "INIT"},
                {"master", nullptr},
                {"up", false},
                {"running", false},
                {"addresses", json::array()},
                {"virtual_mac", nullptr},
                {"why_not_running", "it is down; ifconfig carp0 up starts it"}});
}

TEST(ShowInterfaces, DocumentOfPortAndInterface) {
  Config config = lab_config();
  config.interfaces.push_back(interface_config("lan9", "10.0.9.3/24", 9));
  CommandRig console(std::move(config));
  console.rig.set_link(1, false);
  console.view.ports = {{.port = 0,
                         .driver = "net_ring",
                         .ipackets = 1,
                         .opackets = 2,
                         .imissed = 3,
                         .oerrors = 4,
                         .rx_queues = 5,
                         .tx_queues = 6,
                         .control_tx_own = true,
                         .link_watch = "driver"}};
  const json interfaces = console.document("interfaces")["interfaces"];
  ASSERT_EQ(interfaces.size(), 3u);
  expect_holds(interfaces[0], {{"name", "lan0"},
                               {"port", "port of lan0"},
                               {"driver", "net_ring"},
                               {"mac", "02:00:00:00:00:03"},
                               {"link", "up"},
                               {"vlan", nullptr},
                               {"addresses", json::array({"192.168.1.3/24"})},
                               {"host", "none"},
                               {"ipackets", 1u},
                               {"opackets", 2u},
                               {"imissed", 3u},
                               {"oerrors", 4u},
                               {"rx_queues", 5u},
                               {"tx_queues", 6u},
                               {"control_tx", "own"},
                               {"link_watch", "driver"}});
  // Nothing is known of its port, and its key is there all the same.
  expect_holds(interfaces[2], {{"name", "lan9"},
                               {"vlan", 9u},
                               {"link", "down"},
                               {"driver", ""},
                               {"ipackets", 0u},
                               {"control_tx", "shared"}});
}

TEST(ShowWorkers, DocumentCountsEveryReason) {
  CommandRig console;
  console.view.workers = {worker_view(1), worker_view(2)};
  console.view.workers[1].stalled = true;
  const json workers = console.document("workers")["workers"];
  ASSERT_EQ(workers.size(), 2u);
  expect_holds(workers[0], {{"lcore", 1u},
                            {"received", 15u},
                            {"arp_replies", 5u},
                            {"echo_replies", 1u},
                            {"punted", 3u},
                            {"handed_over", 3},
                            {"busy", 0.42},
                            {"table_generation", 7u},
                            {"stalled", false},
                            {"queues", {"net_ring0 rx 0", "net_ring1 rx 0"}}});
  EXPECT_EQ(workers[1]["stalled"], true);
  size_t drops = 0;
  for (const auto& info : dataplane::kReasons) {
    if (info.verdict != dataplane::Verdict::drop) continue;
    ++drops;
    EXPECT_TRUE(workers[0]["dropped"].contains(info.name)) << info.name;
  }
  EXPECT_EQ(workers[0]["dropped"].size(), drops);
  expect_holds(workers[0]["dropped"], {{"not_master", 3u}, {"ipv6", 1u}, {"too_short", 0u}});
}

TEST(ShowWorkers, BusyIsANumberWhateverWasMeasured) {
  CommandRig console;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const auto& [measured, shown] : std::vector<std::pair<double, double>>{
           {nan, 0}, {infinity, 0}, {-0.1, 0}, {1.7, 1}, {1.0 / 3, 0.333}}) {
    console.view.workers = {{.lcore = 1, .busy = measured}};
    const json busy = console.document("workers")["workers"][0]["busy"];
    ASSERT_TRUE(busy.is_number());
    EXPECT_EQ(busy, shown);
  }
}

TEST(ShowPeers, DocumentOfAcceptedAndRefused) {
  CommandRig console = with_carp0();
  proto::VhostConfig wrong = console.rig.entry().config;
  wrong.key = {};
  console.rig.hear(Neighbour(console.rig.entry().config).advert({1, 100}));
  console.rig.hear(Neighbour(wrong, "192.168.1.5").advert({2, 7}));
  console.rig.run(milliseconds(400));
  const json peers = console.document("peers")["peers"];
  ASSERT_EQ(peers.size(), 2u);
  expect_holds(peers[0], {{"interface", "lan0"},
                          {"vhid", 1u},
                          {"source", "192.168.1.4"},
                          {"advbase", 1u},
                          {"advskew", 100u},
                          {"last_heard_s", 0.4},
                          {"accepted", true},
                          {"reason", nullptr},
                          {"note", nullptr}});
  expect_holds(peers[1], {{"source", "192.168.1.5"},
                          {"advbase", 2u},
                          {"advskew", 7u},
                          {"accepted", false},
                          {"reason", "peer uses no password"}});
  const std::string table = console.say("show peers");
  EXPECT_NE(
      table.find("192.168.1.5        2        7       0.4 s  no        peer uses no password"),
      std::string::npos)
      << table;
}

TEST(ShowStatistics, DocumentHasAllNamesAndSumsWorkers) {
  CommandRig console = with_carp0();
  console.view.workers = {worker_view(1), worker_view(2)};
  proto::VhostConfig wrong = console.rig.entry().config;
  wrong.key = {};
  console.rig.hear(Neighbour(wrong).advert({1, 0}));
  const json statistics = console.document("statistics");
  for (const auto* name : {"ipackets", "ipackets6", "badif", "badttl", "hdrops", "badsum", "badver",
                           "badlen", "badauth", "badvhid", "badaddrs", "opackets", "opackets6",
                           "onomem", "oerrors", "ostates", "preempt", "loop", "replay"}) {
    ASSERT_TRUE(statistics["carp"].contains(name)) << name;
    EXPECT_TRUE(statistics["carp"][name].is_number_unsigned()) << name;
  }
  expect_holds(statistics["carp"], {{"ipackets", 1u}, {"badauth", 1u}, {"badttl", 0u}});
  expect_holds(statistics["arp"], {{"answered", 10u},
                                   {"conflict", 2u},
                                   {"not_master", 6u},
                                   {"lease_lapsed", 0u},
                                   {"from_virtual", 4u},
                                   {"malformed", 0u}});
  EXPECT_FALSE(statistics["arp"].contains("ipv6"));
  expect_holds(statistics["igmp"], {{"queries", 0u}, {"reports", 2u}, {"leaves", 0u}});
  expect_holds(statistics["drops"], {{"not_master", 6u}, {"ipv6", 2u}, {"transmit_full", 0u}});
}

TEST(ShowDemotion, DocumentListsAndSums) {
  CommandRig console = with_carp0();
  console.rig.set_link(0, false);
  console.rig.run(milliseconds(3100));
  console.say("demote +10");
  const json demotion = console.document("demotion");
  expect_holds(demotion, {{"demotion", 250}});
  ASSERT_EQ(demotion["causes"].size(), 2u);
  expect_holds(demotion["causes"][0],
               {{"cause", "link lan0"}, {"vhost", "carp0"}, {"amount", 240}, {"since_s", 3.1}});
  expect_holds(demotion["causes"][1],
               {{"cause", "operator"}, {"vhost", nullptr}, {"amount", 10}, {"since_s", 0.0}});
  EXPECT_EQ(console.say("show demotion"),
            "demotion: 250\n"
            "CAUSE      VHOST  AMOUNT  SINCE\n"
            "link lan0  carp0     240  3.1 s\n"
            "operator   -          10  0.0 s\n");
}

TEST(ShowHistory, TellsTheNewestLast) {
  CommandRig console = with_carp0();
  console.rig.run(seconds(4));
  console.say("ifconfig carp0 down");
  const json history = console.document("history")["history"];
  ASSERT_EQ(history.size(), 3u);
  expect_holds(history[0], {{"time", "2026-11-22T07:00:00.000000Z"},
                            {"name", "carp0"},
                            {"from", "INIT"},
                            {"to", "BACKUP"},
                            {"reason", "started"}});
  expect_holds(history[1], {{"time", "2026-11-22T07:00:03.000000Z"},
                            {"from", "BACKUP"},
                            {"to", "MASTER"},
                            {"reason", "master timed out"}});
  EXPECT_EQ(history[2]["to"], "INIT");
  EXPECT_TRUE(console.say("show history")
                  .ends_with("2026-11-22T07:00:04.000000Z  carp0  MASTER  INIT    administratively "
                             "down\n"));
}

TEST(ShowVersion, ListsVersionsAndNotes) {
  CommandRig console;
  console.view.versions = {"dpdk-carp 0.1.0", "DPDK 22.11.11"};
  console.view.notes = {"dpdk-dumpcap cannot attach: --in-memory"};
  EXPECT_EQ(console.say("show version"),
            "dpdk-carp 0.1.0\nDPDK 22.11.11\nnote: dpdk-dumpcap cannot attach: --in-memory\n");
  EXPECT_EQ(console.document("version"),
            json({{"versions", {"dpdk-carp 0.1.0", "DPDK 22.11.11"}},
                  {"notes", {"dpdk-dumpcap cannot attach: --in-memory"}}}));
}

// Whatever the shell hands over, a document stays a document, on one line.
TEST(ShowJson, BytesThatAreNoTextAreReplaced) {
  CommandRig console;
  console.view.notes = {"\xff\xfe broken \xc3", "two\nlines"};
  const std::string text = console.say("show version json");
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  EXPECT_EQ(json::parse(text)["notes"][1], "two\nlines");
}

}  // namespace
}  // namespace carp::control
