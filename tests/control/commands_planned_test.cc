// SPDX-License-Identifier: BSD-3-Clause
//
// `maintenance` as it is typed, and what the one who typed them hears.
#include <gtest/gtest.h>

#include "tests/control/command_rig.h"

namespace carp::control {
namespace {

using std::chrono::seconds;

class CommandsPlanned : public testing::Test {
 protected:
  CommandsPlanned() {
    desk.rig.run(seconds(5));
    EXPECT_TRUE(desk.rig.is_master("carp0") && desk.rig.is_master("carp1"));
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
};

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
