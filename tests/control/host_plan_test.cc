// SPDX-License-Identifier: BSD-3-Clause
//
// What a kernel interface should be like while its virtual hosts change, and the steps from what
// somebody made of it.
#include "lib/control/host_plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/control/engine_rig.h"
#include "tests/support/frames.h"

namespace carp::control {
namespace {

using std::chrono::seconds;
using support::ip;

[[nodiscard]] Config host_config() {
  Config config = lan_config({vhost("carp0", 1, "192.168.1.50/24")});
  config.interfaces[0].host = HostMode::tap;
  config.interfaces[0].host_name = "tap0";
  return config;
}

[[nodiscard]] net::Ipv4Prefix prefix(std::string_view text) {
  return net::parse_ipv4_prefix(text).value();
}

[[nodiscard]] HostWish wish() {
  return {.name = "tap0",
          .mac = support::mac("02:00:00:00:00:03"),
          .mtu = 1500,
          .carrier = true,
          .own = {prefix("192.168.1.3/24")},
          .held = {ip("192.168.1.50")},
          .others = {ip("192.168.1.51")}};
}

// As the wish wants it.
[[nodiscard]] KernelLink right_link() {
  return {.index = 7,
          .mac = wish().mac,
          .mtu = 1500,
          .up = true,
          .carrier = true,
          .addresses = {prefix("192.168.1.3/24"), prefix("192.168.1.50/32")}};
}

TEST(HostWishes, FollowTheStateOfTheVirtualHosts) {
  EngineRig rig(host_config());
  rig.start();
  std::vector<HostWish> wishes = host_wishes(rig.engine());
  ASSERT_EQ(wishes.size(), 1U);
  EXPECT_EQ(wishes[0].name, "tap0");
  EXPECT_TRUE(wishes[0].carrier);
  EXPECT_EQ(wishes[0].own, rig.engine().config().interfaces[0].addresses);
  EXPECT_TRUE(wishes[0].held.empty());
  EXPECT_EQ(wishes[0].others, std::vector{ip("192.168.1.50")});

  rig.run(seconds(5));
  ASSERT_TRUE(rig.is_master());
  wishes = host_wishes(rig.engine());
  EXPECT_EQ(wishes[0].held, std::vector{ip("192.168.1.50")});
  EXPECT_TRUE(wishes[0].others.empty());

  rig.set_link(0, false);
  rig.pass();
  wishes = host_wishes(rig.engine());
  EXPECT_FALSE(wishes[0].carrier);
  EXPECT_TRUE(wishes[0].held.empty());
}

TEST(HostWishes, AreNoneWithoutAKernelInterface) {
  EngineRig rig(lan_config({vhost("carp0", 1, "192.168.1.50/24")}));
  rig.start();
  EXPECT_TRUE(host_wishes(rig.engine()).empty());
}

// Two virtual hosts with one address, one of them MASTER (balancing): it is held.
TEST(HostWishes, AnAddressOfSeveralIsHeldWhileOneIsMaster) {
  Config config = host_config();
  config.vhosts.push_back(vhost("carp1", 2, "192.168.1.50/24"));
  EngineRig rig(config);
  rig.start();
  rig.run(seconds(5));
  rig.engine().set_operator_state("carp1", proto::State::backup, rig.now(), rig.out());
  rig.pass();
  ASSERT_TRUE(rig.is_master("carp0"));
  ASSERT_FALSE(rig.is_master("carp1"));
  const std::vector<HostWish> wishes = host_wishes(rig.engine());
  EXPECT_EQ(wishes[0].held, std::vector{ip("192.168.1.50")});
  EXPECT_TRUE(wishes[0].others.empty());
}

// I2.13: not before workers answer for it.
TEST(HostWishes, AnAddedAddressComesWhenItIsServed) {
  Config config = host_config();
  config.global.transition = seconds(20);
  EngineRig rig(config);
  rig.start();
  rig.run(seconds(5));
  proto::VhostConfig larger = config.vhosts[0];
  larger.addresses.push_back(prefix("192.168.1.51/24"));
  rig.engine().set_vhost(larger, 0, rig.now(), rig.out());
  rig.pass();
  ASSERT_FALSE(rig.answer("192.168.1.51"));
  EXPECT_EQ(host_wishes(rig.engine())[0].held, std::vector{ip("192.168.1.50")});
  rig.run(seconds(25));
  ASSERT_TRUE(rig.answer("192.168.1.51"));
  EXPECT_EQ(host_wishes(rig.engine())[0].held,
            (std::vector{ip("192.168.1.50"), ip("192.168.1.51")}));
}

TEST(HostPlan, IsEmptyWhereAllIsAsWanted) { EXPECT_TRUE(plan_host(wish(), right_link()).empty()); }

TEST(HostPlan, UndoesEachChangeAlone) {
  struct Row {
    const char* sentence;
    void (*change)(KernelLink&);
    HostStep step;
  };
  const Row rows[] = {
      {"set down", [](KernelLink& link) { link.up = false; }, {HostStepKind::set_up, {}}},
      {"MTU", [](KernelLink& link) { link.mtu = 9000; }, {HostStepKind::set_mtu, {}}},
      {"MAC", [](KernelLink& link) { link.mac = {}; }, {HostStepKind::set_mac, {}}},
      {"carrier", [](KernelLink& link) { link.carrier = false; }, {HostStepKind::set_carrier, {}}},
      {"own address removed",
       [](KernelLink& link) { link.addresses.erase(link.addresses.begin()); },
       {HostStepKind::add_address, prefix("192.168.1.3/24")}},
      {"shared address removed",
       [](KernelLink& link) { link.addresses.pop_back(); },
       {HostStepKind::add_address, prefix("192.168.1.50/32")}},
      {"shared address with a subnet instead",
       [](KernelLink& link) { link.addresses.back().length = 24; },
       {HostStepKind::add_address, prefix("192.168.1.50/32")}},
      {"another MASTER's address added",
       [](KernelLink& link) { link.addresses.push_back(prefix("192.168.1.51/24")); },
       {HostStepKind::remove_address, prefix("192.168.1.51/24")}},
  };
  for (const Row& row : rows) {
    KernelLink link = right_link();
    row.change(link);
    EXPECT_EQ(plan_host(wish(), link), std::vector{row.step}) << row.sentence;
    EXPECT_FALSE(finding_of(row.step).empty()) << row.sentence;
  }
}

// What we no longer are is gone before anything else takes its time.
TEST(HostPlan, RemovesFirst) {
  const KernelLink fresh{.index = 8, .addresses = {prefix("192.168.1.51/32")}};
  const std::vector<HostStep> steps = plan_host(wish(), fresh);
  ASSERT_EQ(steps.size(), 7U);
  EXPECT_EQ(steps[0].kind, HostStepKind::remove_address);
}

TEST(HostPlan, LeavesAndNamesWhatNobodyKnows) {
  KernelLink link = right_link();
  link.addresses.push_back(prefix("192.168.1.77/24"));
  EXPECT_TRUE(plan_host(wish(), link).empty());
  EXPECT_EQ(unknown_addresses(wish(), link), std::vector{prefix("192.168.1.77/24")});
  EXPECT_TRUE(unknown_addresses(wish(), right_link()).empty());
}

}  // namespace
}  // namespace carp::control
