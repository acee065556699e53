// SPDX-License-Identifier: BSD-3-Clause
//
// Planned work between two appliances: maintenance and switchover hand over at once, and neither
// loses the service where nobody takes it.
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/control/segment.h"

namespace carp::control {
namespace {

using proto::Pace;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] Config config_of(Pace pace, std::string_view own_address, bool preempt) {
  Config config = lan_config({vhost("carp0", 1, "192.168.1.50/24", pace)});
  config.interfaces = {interface_config("lan0", own_address)};
  config.sysctl.preempt = preempt;
  return config;
}

// `one` is the better host, and MASTER.
class Planned : public testing::TestWithParam<bool> {
 protected:
  Planned() {
    segment.start();
    segment.run(seconds(10));
    EXPECT_TRUE(one.is_master());
  }
  void set_maintenance(bool on) { one.engine().set_maintenance(on, one.now(), one.out()); }
  void switch_over() { one.engine().switch_over("carp0", one.now(), one.out()); }

  const bool preempt = GetParam();
  EngineRig one{config_of({1, 0}, "192.168.1.3/24", preempt), 3};
  EngineRig two{config_of({1, 100}, "192.168.1.4/24", preempt), 4};
  Segment segment{{&one, &two}};
};

TEST_P(Planned, MaintenanceHandsOverAtOnceAndStaysAway) {
  set_maintenance(true);
  segment.run(milliseconds(50));
  EXPECT_TRUE(two.is_master());
  EXPECT_EQ(two.last_change(), "BACKUP -> MASTER (master bowed out)");
  EXPECT_EQ(one.last_change(), "MASTER -> BACKUP (maintenance)");
  segment.run(seconds(30));
  EXPECT_TRUE(two.is_master());
  EXPECT_EQ(one.entry().transitions, 3u);
  EXPECT_TRUE(one.engine().in_maintenance());
  EXPECT_EQ(one.engine().demotion().total(), proto::kDemotionAmount);
}

TEST_P(Planned, TheEndOfMaintenanceLetsPreemptDecide) {
  set_maintenance(true);
  segment.run(seconds(5));
  set_maintenance(false);
  segment.run(seconds(5));
  EXPECT_EQ(one.is_master(), preempt);
  EXPECT_EQ(segment.masters(), 1);
  EXPECT_FALSE(one.engine().demotion().any());
}

// Demoted, but better than nobody.
TEST_P(Planned, AloneInMaintenanceItServesAllTheSame) {
  set_maintenance(true);
  segment.run(seconds(5));
  segment.crash(two);
  segment.run(seconds(5));
  EXPECT_TRUE(one.is_master());
  EXPECT_EQ(one.adverts().back().advert.pace, (Pace{1, proto::kSkewSuppressed}));
  // Asked for again it tries again, and is back after a master down time.
  set_maintenance(true);
  segment.run(milliseconds(50));
  EXPECT_FALSE(one.is_master());
  segment.run(seconds(5));
  EXPECT_TRUE(one.is_master());
}

TEST_P(Planned, SwitchoverIsNotTakenBackByPreempt) {
  switch_over();
  segment.run(milliseconds(50));
  EXPECT_TRUE(two.is_master());
  EXPECT_EQ(one.last_change(), "MASTER -> BACKUP (switchover)");
  EXPECT_GT(one.entry().master_heard_at, one.entry().since);
  segment.run(seconds(30));
  EXPECT_TRUE(two.is_master());
  EXPECT_FALSE(one.engine().demotion().any());
}

// It stays back from preempting alone: a dead MASTER is followed, and then all is as before.
TEST_P(Planned, SwitchoverHoldsUntilItHasBeenMasterAgain) {
  switch_over();
  segment.run(seconds(5));
  ASSERT_TRUE(one.entry().stays_back);
  two.engine().set_operator_state("carp0", proto::State::backup, two.now(), two.out());
  segment.run(seconds(5));
  EXPECT_TRUE(one.is_master());
  EXPECT_FALSE(one.entry().stays_back);
  one.engine().set_operator_state("carp0", proto::State::backup, one.now(), one.out());
  segment.run(seconds(5));
  EXPECT_EQ(one.is_master(), preempt);
}

TEST_P(Planned, SwitchoverToNobodyEndsInAMasterDownTime) {
  segment.crash(two);
  switch_over();
  segment.run(seconds(4));
  EXPECT_TRUE(one.is_master());
  EXPECT_FALSE(one.entry().stays_back);
}

INSTANTIATE_TEST_SUITE_P(Preempt, Planned, testing::Bool());

TEST(Maintenance, IsKnownFromTheStart) {
  Config config = config_of({1, 0}, "192.168.1.3/24", false);
  const dataplane::LeaseBoard leases;
  Engine engine({.config = config,
                 .facts = {InterfaceFacts{}},
                 .leases = &leases,
                 .now = proto::TimePoint{seconds(1000)},
                 .maintenance = true});
  EXPECT_TRUE(engine.in_maintenance());
  EXPECT_EQ(engine.demotion().causes().at(0).name, kMaintenanceCause);
}

}  // namespace
}  // namespace carp::control
