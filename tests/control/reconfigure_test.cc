// SPDX-License-Identifier: BSD-3-Clause
//
// The difference between two configurations (I2.12): for every key, whether it is carried out,
// and by which call, or left until a restart; and that nothing else is touched.
#include "lib/control/reconfigure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "lib/proto/key.h"

namespace carp::control {
namespace {

using proto::VhostConfig;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

[[nodiscard]] net::Ipv4Prefix prefix(std::string_view text) {
  return net::parse_ipv4_prefix(text).value();
}

[[nodiscard]] VhostConfig vhost(std::string name, uint8_t vhid, std::string_view address,
                                std::string interface = "lan0") {
  return {.name = std::move(name),
          .interface = std::move(interface),
          .vhid = vhid,
          .key = proto::key_from_pass("testpass"),
          .addresses = {prefix(address)}};
}

// lan0 with carp0 and carp1, lan1 with carp2.
[[nodiscard]] Config lab() {
  Config config;
  config.interfaces = {
      {.name = "lan0", .port = "p0", .addresses = {prefix("192.168.1.3/24")}, .host_name = "lan0"},
      {.name = "lan1", .port = "p1", .addresses = {prefix("192.168.2.3/24")}, .host_name = "lan1"}};
  config.vhosts = {vhost("carp0", 1, "192.168.1.50/24"), vhost("carp1", 2, "192.168.1.51/24"),
                   vhost("carp2", 3, "192.168.2.50/24", "lan1")};
  return config;
}

[[nodiscard]] Reconfiguration difference(const Config& running, const Config& wanted) {
  const auto result = reconfigure(running, wanted);
  EXPECT_TRUE(result) << (result ? "" : result.error());
  return result ? result.value() : Reconfiguration{};
}

[[nodiscard]] std::vector<std::string> names_of(const std::vector<VhostConfig>& vhosts) {
  std::vector<std::string> names;
  for (const VhostConfig& vhost : vhosts) names.push_back(vhost.name);
  return names;
}

TEST(Reconfigure, NothingDiffersInTheSame) {
  Config shuffled = lab();
  std::swap(shuffled.vhosts[0], shuffled.vhosts[2]);
  std::swap(shuffled.interfaces[0], shuffled.interfaces[1]);
  for (const Config& same : {lab(), shuffled}) {
    const Reconfiguration nothing = difference(lab(), same);
    EXPECT_THAT(nothing.remove, IsEmpty());
    EXPECT_THAT(nothing.interfaces, IsEmpty());
    EXPECT_THAT(nothing.set, IsEmpty());
    EXPECT_FALSE(nothing.sysctl || nothing.global);
    EXPECT_THAT(nothing.changes, IsEmpty());
    EXPECT_THAT(nothing.left, IsEmpty());
  }
}

// One key changed, from and to its default: what is said, and whether it is done now.
struct Row {
  const char* says;
  std::function<void(Config&)> change;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.says; }

class DoneNow : public testing::TestWithParam<Row> {};
class LeftUntilRestart : public testing::TestWithParam<Row> {};

TEST_P(DoneNow, ThereAndBack) {
  Config changed = lab();
  GetParam().change(changed);
  for (const auto& [from, to] : {std::pair(lab(), changed), std::pair(changed, lab())}) {
    const Reconfiguration result = difference(from, to);
    EXPECT_THAT(result.changes, ElementsAre(GetParam().says));
    EXPECT_THAT(result.left, IsEmpty());
    // The calls in it make one of the other, and nothing of it is superfluous.
    EXPECT_EQ(result.sysctl.value_or(from.sysctl), to.sysctl);
    EXPECT_EQ(result.sysctl.has_value(), from.sysctl != to.sysctl);
    EXPECT_EQ(result.global.value_or(from.global), to.global);
    EXPECT_EQ(result.global.has_value(), from.global != to.global);
    EXPECT_EQ(result.interfaces.size(), from.interfaces == to.interfaces ? 0u : 1u);
    for (const InterfaceConfig& interface : result.interfaces)
      EXPECT_EQ(interface, to.interfaces[0]);
    EXPECT_EQ(result.set.size(), from.vhosts == to.vhosts ? 0u : 1u);
    for (const VhostConfig& vhost : result.set) EXPECT_EQ(vhost, to.vhosts[0]);
    const bool anew = from.vhosts[0].vhid != to.vhosts[0].vhid ||
                      from.vhosts[0].interface != to.vhosts[0].interface;
    EXPECT_EQ(result.remove.size(), anew ? 1u : 0u);
    EXPECT_EQ(result.created, anew ? 1u : 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(
    EveryKey, DoneNow,
    testing::Values(
        Row{"[sysctl]: net.inet.carp.allow changed", [](Config& c) { c.sysctl.allow = false; }},
        Row{"[sysctl]: net.inet.carp.preempt changed", [](Config& c) { c.sysctl.preempt = true; }},
        Row{"[sysctl]: net.inet.carp.log changed", [](Config& c) { c.sysctl.log = 2; }},
        Row{"[sysctl]: net.inet.carp.arpbalance changed",
            [](Config& c) { c.sysctl.arpbalance = true; }},
        Row{"[interface lan0]: address changed",
            [](Config& c) { c.interfaces[0].addresses.push_back(prefix("192.168.1.4/24")); }},
        Row{"[interface lan0]: link_hold changed",
            [](Config& c) { c.interfaces[0].link_hold = seconds(5); }},
        Row{"carp0: vhid changed, it begins anew", [](Config& c) { c.vhosts[0].vhid = 9; }},
        Row{"carp0: interface changed, it begins anew",
            [](Config& c) { c.vhosts[0].interface = "lan1"; }},
        Row{"carp0: advbase changed", [](Config& c) { c.vhosts[0].pace.advbase = 2; }},
        Row{"carp0: advskew changed", [](Config& c) { c.vhosts[0].pace.advskew = 100; }},
        Row{"carp0: pass changed", [](Config& c) { c.vhosts[0].key = {}; }},
        Row{"carp0: address changed",
            [](Config& c) { c.vhosts[0].addresses.push_back(prefix("192.168.1.60/24")); }},
        Row{"carp0: up changed", [](Config& c) { c.vhosts[0].up = false; }},
        Row{"carp0: address_order changed",
            [](Config& c) { c.vhosts[0].address_order = proto::AddressOrder::configured; }},
        Row{"carp0: arp_source changed",
            [](Config& c) { c.vhosts[0].arp_source = proto::ArpSource::port; }},
        Row{"carp0: replay changed",
            [](Config& c) { c.vhosts[0].replay = proto::ReplayPolicy::off; }},
        Row{"carp0: openbsd_demotion changed",
            [](Config& c) { c.vhosts[0].openbsd_demotion = true; }},
        Row{"[global]: startup_hold changed",
            [](Config& c) { c.global.startup_hold = seconds(9); }},
        Row{"[global]: transition changed", [](Config& c) { c.global.transition = seconds(9); }},
        Row{"[global]: preempt_delay changed",
            [](Config& c) { c.global.preempt_delay = seconds(9); }},
        Row{"[gratuitous]: refresh changed",
            [](Config& c) { c.global.gratuitous_refresh = seconds(0); }}));

TEST_P(LeftUntilRestart, ThereAndBack) {
  Config changed = lab();
  GetParam().change(changed);
  for (const auto& [from, to] : {std::pair(lab(), changed), std::pair(changed, lab())}) {
    const Reconfiguration result = difference(from, to);
    EXPECT_THAT(result.left, ElementsAre(GetParam().says));
    EXPECT_THAT(result.changes, IsEmpty());
    EXPECT_THAT(result.remove, IsEmpty());
    EXPECT_THAT(result.interfaces, IsEmpty());
    EXPECT_THAT(result.set, IsEmpty());
    EXPECT_FALSE(result.sysctl || result.global);
  }
}

INSTANTIATE_TEST_SUITE_P(
    EveryKey, LeftUntilRestart,
    testing::Values(
        Row{"[interface lan0]: port", [](Config& c) { c.interfaces[0].port = "other"; }},
        Row{"[interface lan0]: vlan", [](Config& c) { c.interfaces[0].vlan = 7; }},
        Row{"[interface lan0]: mtu", [](Config& c) { c.interfaces[0].mtu = 9000; }},
        Row{"[interface lan0]: rx_descriptors",
            [](Config& c) { c.interfaces[0].rx_descriptors = 512; }},
        Row{"[interface lan0]: tx_descriptors",
            [](Config& c) { c.interfaces[0].tx_descriptors = 512; }},
        Row{"[interface lan0]: mac_filter",
            [](Config& c) { c.interfaces[0].mac_filter = MacFilter::off; }},
        Row{"[interface lan0]: host", [](Config& c) { c.interfaces[0].host = HostMode::tap; }},
        Row{"[interface lan0]: host_name", [](Config& c) { c.interfaces[0].host_name = "x"; }},
        Row{"[workers]: idle", [](Config& c) { c.workers.idle = Idle::sleep; }},
        Row{"[workers]: burst", [](Config& c) { c.workers.burst = 8; }},
        Row{"[workers]: arp_limit", [](Config& c) { c.workers.arp_limit = 9; }},
        Row{"[workers]: echo_limit", [](Config& c) { c.workers.echo_limit = 9; }},
        Row{"[metrics]: listen",
            [](Config& c) {
              c.metrics.listen = Endpoint{{0x7f000001}, 9112};
            }},
        Row{"[control]: listen", [](Config& c) { c.control.listen.reset(); }},
        Row{"[control]: socket", [](Config& c) { c.control.socket = "/x"; }},
        Row{"[control]: password_file", [](Config& c) { c.control.password_file = "/x"; }},
        Row{"[control]: idle_timeout", [](Config& c) { c.control.idle_timeout = seconds(1); }},
        Row{"[global]: state_dir", [](Config& c) { c.global.state_dir = "/x"; }}));

TEST(Reconfigure, AVhostComesAndAnotherGoes) {
  Config wanted = lab();
  wanted.vhosts.erase(wanted.vhosts.begin() + 1);
  wanted.vhosts.push_back(vhost("carp7", 7, "192.168.1.70/24"));
  const Reconfiguration result = difference(lab(), wanted);
  EXPECT_THAT(result.remove, ElementsAre("carp1"));
  EXPECT_THAT(names_of(result.set), ElementsAre("carp7"));
  EXPECT_EQ(result.created, 1u);
  EXPECT_THAT(result.changes, ElementsAre("carp1: removed", "carp7: added"));
}

// Both old ones are gone before either new one is made.
TEST(Reconfigure, TwoVhostsTradeTheirVhids) {
  Config wanted = lab();
  std::swap(wanted.vhosts[0].vhid, wanted.vhosts[1].vhid);
  const Reconfiguration result = difference(lab(), wanted);
  EXPECT_THAT(result.remove, ElementsAre("carp0", "carp1"));
  EXPECT_THAT(names_of(result.set), ElementsAre("carp0", "carp1"));
  EXPECT_EQ(result.created, 2u);
}

// `ifconfig carp9 create` and no more: it is not in the file.
TEST(Reconfigure, AnIncompleteVhostIsRemoved) {
  Config running = lab();
  running.vhosts.push_back({.name = "carp9", .up = false});
  EXPECT_THAT(difference(running, lab()).remove, ElementsAre("carp9"));
}

TEST(Reconfigure, WhatIsOnAnInterfaceThatCannotChangeStays) {
  Config wanted = lab();
  wanted.interfaces[1].port = "other";
  wanted.interfaces[1].addresses = {prefix("192.168.9.3/24")};
  wanted.vhosts[2].addresses = {prefix("192.168.9.50/24")};
  wanted.vhosts.push_back(vhost("carp3", 3, "192.168.9.51/24", "lan1"));
  wanted.vhosts[0].pace.advskew = 50;
  const Reconfiguration result = difference(lab(), wanted);
  EXPECT_THAT(names_of(result.set), ElementsAre("carp0"));
  EXPECT_THAT(result.remove, IsEmpty());
  EXPECT_THAT(result.interfaces, IsEmpty());
  EXPECT_THAT(result.left,
              ElementsAre("[interface lan1]: port", "carp2: its change", "carp3: its addition"));
}

TEST(Reconfigure, InterfacesComeAndGoWithARestart) {
  Config wanted = lab();
  wanted.interfaces[1].name = "lan2";
  wanted.vhosts[2].interface = "lan2";
  const Reconfiguration result = difference(lab(), wanted);
  EXPECT_THAT(result.changes, IsEmpty());
  EXPECT_THAT(result.left, ElementsAre("[interface lan1]: its removal",
                                       "[interface lan2]: its addition", "carp2: its change"));
  // Its virtual host can go at once.
  wanted.vhosts.pop_back();
  EXPECT_THAT(difference(lab(), wanted).remove, ElementsAre("carp2"));
}

TEST(Reconfigure, HooksAreTakenOver) {
  Config wanted = lab();
  wanted.hooks = {{"/bin/a"}, std::chrono::seconds(10)};
  const Reconfiguration result = difference(lab(), wanted);
  EXPECT_EQ(result.hooks, wanted.hooks);
  EXPECT_THAT(result.changes, ElementsAre("[hooks]: state_change changed"));
  EXPECT_FALSE(difference(wanted, wanted).hooks);
}

TEST(Reconfigure, HealthChecksAreTakenOver) {
  Config running = lab();
  running.tracks = {{.name = "web", .command = "a"}, {.name = "db", .command = "b"}};
  Config wanted = lab();
  wanted.tracks = {{.name = "db", .command = "c", .demotion = 5}, {.name = "new", .command = "d"}};
  const Reconfiguration result = difference(running, wanted);
  EXPECT_EQ(result.tracks, wanted.tracks);
  EXPECT_THAT(result.changes,
              ElementsAre("[track web]: removed", "[track db]: command, demotion changed",
                          "[track new]: added"));
  EXPECT_FALSE(difference(running, running).tracks);
}

// lan1 would give its address to lan0, but keeps it until a restart.
TEST(Reconfigure, AMixtureThatNoFileMayHoldIsRefused) {
  Config wanted = lab();
  wanted.interfaces[1].port = "other";
  wanted.interfaces[1].addresses = {prefix("192.168.9.3/24")};
  wanted.vhosts.pop_back();
  wanted.interfaces[0].addresses.push_back(prefix("192.168.2.3/24"));
  const auto result = reconfigure(lab(), wanted);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(),
            "address: 192.168.2.3 is already an own address of lan0, until a restart brings "
            "[interface lan1]: port");
}

}  // namespace
}  // namespace carp::control
