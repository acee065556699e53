// SPDX-License-Identifier: BSD-3-Clause
//
// What Prometheus is told, line by line (interface.md I4.2).
#include "lib/control/exposition.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

#include "tests/control/command_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using dataplane::Reason;
using std::chrono::microseconds;
using std::chrono::seconds;

[[nodiscard]] std::string page_of(CommandRig& desk) {
  Sample sample;
  take_sample({desk.rig.engine(), desk.view, desk.rig.now()}, sample);
  return exposition(sample);
}

[[nodiscard]] std::vector<std::string> lines_of(const std::string& page) {
  std::vector<std::string> lines;
  std::istringstream text(page);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

void expect_line(const std::string& page, const std::string& line) {
  EXPECT_NE(("\n" + page).find("\n" + line + "\n"), std::string::npos) << line << " in:\n" << page;
}

[[nodiscard]] WorkerView busy_worker() {
  WorkerView worker{.lcore = 2, .received = 22, .busy = 0.42, .table_generation = 7};
  worker.by_reason[static_cast<size_t>(Reason::arp_answered)] = 5;
  worker.by_reason[static_cast<size_t>(Reason::echo_answered)] = 1;
  worker.by_reason[static_cast<size_t>(Reason::advert)] = 2;
  worker.by_reason[static_cast<size_t>(Reason::host_unicast)] = 3;
  worker.by_reason[static_cast<size_t>(Reason::not_master)] = 11;
  return worker;
}

TEST(Exposition, VirtualHostsHaveStateTransitionsAndAdvertisements) {
  CommandRig desk(
      lab_config({vhost("carp0", 1, "192.168.1.50/24"), vhost("carp1", 2, "192.168.1.51/24")}));
  desk.rig.run(seconds(2));
  desk.rig.hear(Neighbour(desk.rig.entry("carp1").config).advert({1, 0}));
  desk.rig.run(seconds(2));
  const std::string page = page_of(desk);
  const uint64_t sent = desk.rig.entry("carp0").adverts_sent;
  EXPECT_EQ(desk.rig.engine().statistics().opackets, sent);
  EXPECT_GT(sent, 0u);
  expect_line(page, R"(carp_vhost_state{interface="lan0",vhid="1",name="carp0"} 2)");
  expect_line(page, R"(carp_vhost_state{interface="lan0",vhid="2",name="carp1"} 1)");
  expect_line(page, R"(carp_vhost_transitions_total{interface="lan0",vhid="1",name="carp0"} 2)");
  expect_line(page, R"(carp_advertisements_total{direction="sent",interface="lan0",vhid="1"} )" +
                        std::to_string(sent));
  expect_line(page,
              R"(carp_advertisements_total{direction="received",interface="lan0",vhid="1"} 0)");
  expect_line(page,
              R"(carp_advertisements_total{direction="received",interface="lan0",vhid="2"} 1)");
}

TEST(Exposition, OneThatIsJustCreatedHasNoSeriesYet) {
  CommandRig desk;
  desk.say("ifconfig carp0 create");
  EXPECT_EQ(page_of(desk).find("carp0"), std::string::npos);
}

TEST(Exposition, RefusalsAndDemotion) {
  CommandRig desk(lab_config({vhost("carp0", 1, "192.168.1.50/24")}));
  proto::VhostConfig stranger = desk.rig.entry().config;
  stranger.key.bytes[0] ^= 1;
  desk.rig.hear(Neighbour(stranger).advert({1, 0}));
  desk.say("demote +30");
  const std::string page = page_of(desk);
  expect_line(page, R"(carp_rejected_total{reason="badauth"} 1)");
  expect_line(page, R"(carp_rejected_total{reason="replay"} 0)");
  expect_line(page, R"(carp_send_failures_total{reason="oerrors"} 0)");
  expect_line(page,
              R"(carp_advertisements_total{direction="received",interface="lan0",vhid="1"} 0)");
  expect_line(page, "carp_demotion 30");
}

TEST(Exposition, WorkersCountFramesByVerdictAndReason) {
  CommandRig desk;
  desk.view.workers = {busy_worker(), {.lcore = 3, .stalled = true}};
  const std::string page = page_of(desk);
  expect_line(page, R"(carp_arp_replies_total{worker="2"} 5)");
  expect_line(page, R"(carp_echo_replies_total{worker="2"} 1)");
  expect_line(page, R"(carp_frames_total{worker="2",verdict="transmit"} 6)");
  expect_line(page, R"(carp_frames_total{worker="2",verdict="punt"} 2)");
  expect_line(page, R"(carp_frames_total{worker="2",verdict="host"} 3)");
  expect_line(page, R"(carp_frames_total{worker="2",verdict="drop"} 11)");
  expect_line(page, R"(carp_dropped_total{worker="2",reason="not_master"} 11)");
  expect_line(page, R"(carp_worker_busy_ratio{worker="2"} 0.420)");
  expect_line(page, R"(carp_worker_stalled{worker="2"} 0)");
  expect_line(page, R"(carp_worker_stalled{worker="3"} 1)");
  expect_line(page, R"(carp_table_generation{worker="2"} 7)");
  expect_line(page,
              "carp_table_generation_latest " + std::to_string(desk.rig.engine().generation()));
}

// Two interfaces that differ by their VLAN alone are two links and one port.
TEST(Exposition, APortCountsOnceHoweverManyInterfacesShareIt) {
  Config config = lab_config();
  config.interfaces.push_back(interface_config("lan9", "10.0.9.3/24", 9));
  CommandRig desk(std::move(config));
  desk.view.versions = {"dpdk-carp 1.2.3", "DPDK 22.11"};
  desk.view.ports = {{.port = 1, .ipackets = 21, .opackets = 22, .imissed = 23, .oerrors = 24}};
  const std::string port = "port of " + desk.rig.engine().interfaces()[1].config.name;
  const std::string page = page_of(desk);
  expect_line(page, R"(carp_build_info{version="1.2.3"} 1)");
  expect_line(page, "carp_interface_up{interface=\"lan1\",port=\"" + port + "\"} 1");
  expect_line(page, "carp_port_received_packets_total{port=\"" + port + "\"} 21");
  expect_line(page, "carp_port_sent_packets_total{port=\"" + port + "\"} 22");
  expect_line(page, "carp_port_missed_packets_total{port=\"" + port + "\"} 23");
  expect_line(page, "carp_port_send_errors_total{port=\"" + port + "\"} 24");
  const auto first = page.find("carp_port_received_packets_total{");
  EXPECT_EQ(page.find("carp_port_received_packets_total{", first + 1), std::string::npos);
}

TEST(Exposition, TimesAreCumulativeHistogramsInSeconds) {
  CommandRig desk;
  for (const int us : {63, 64, 300, 2'000'000, 90'000'000})
    desk.view.late_adverts.add(microseconds(us));
  const std::string page = page_of(desk);
  expect_line(page, R"(carp_late_advertisement_seconds_bucket{le="0.000064"} 1)");
  expect_line(page, R"(carp_late_advertisement_seconds_bucket{le="0.000256"} 2)");
  expect_line(page, R"(carp_late_advertisement_seconds_bucket{le="0.001024"} 3)");
  expect_line(page, R"(carp_late_advertisement_seconds_bucket{le="4.194304"} 4)");
  expect_line(page, R"(carp_late_advertisement_seconds_bucket{le="+Inf"} 5)");
  expect_line(page, "carp_late_advertisement_seconds_sum 92.000427");
  expect_line(page, "carp_late_advertisement_seconds_count 5");
  expect_line(page, "carp_table_switch_seconds_count 0");
}

// The grammar of the format: each family once, HELP and TYPE before its samples, no series twice.
TEST(Exposition, IsWellFormed) {
  CommandRig desk(lab_config({vhost("carp0", 1, "192.168.1.50/24")}));
  desk.view.workers = {busy_worker()};
  desk.view.versions = {"dpdk-carp 1.2.3"};
  const std::regex help("# HELP (carp_[a-z_]+) [A-Z0-9].*\\.");
  const std::regex type("# TYPE (carp_[a-z_]+) (counter|gauge|histogram)");
  const std::regex sample(
      R"((carp_[a-z_]+)(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})? -?[0-9]+(\.[0-9]+)?)");
  std::set<std::string> families;
  std::set<std::string> series;
  std::string family;
  std::string kind;
  for (const std::string& line : lines_of(page_of(desk))) {
    std::smatch match;
    if (std::regex_match(line, match, help)) {
      family = match[1];
      EXPECT_TRUE(families.insert(family).second) << line;
      kind.clear();
    } else if (std::regex_match(line, match, type)) {
      EXPECT_EQ(match[1], family);
      kind = match[2];
      EXPECT_EQ(kind == "counter", family.ends_with("_total")) << line;
    } else {
      ASSERT_TRUE(std::regex_match(line, match, sample)) << line;
      EXPECT_FALSE(kind.empty()) << line;
      EXPECT_TRUE(match[1] == family || (kind == "histogram" && match.str(1).starts_with(family)));
      EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second) << line;
    }
  }
  EXPECT_GE(families.size(), 20u);
}

}  // namespace
}  // namespace carp::control
