// SPDX-License-Identifier: BSD-3-Clause
//
// Demotion (D10, C85 to C89): causes that come and go, what MASTERs tell, and group failover.
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"
#include "tests/control/segment.h"

namespace carp::control {
namespace {

using proto::Pace;
using proto::State;
using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] std::vector<proto::VhostConfig> both(uint8_t advskew) {
  return {vhost("carp0", 1, "192.168.1.50/24", {1, advskew}),
          vhost("carp1", 2, "10.0.0.50/24", {1, advskew}, "lan1")};
}

[[nodiscard]] uint8_t last_skew(const EngineRig& rig) {
  return rig.adverts().back().advert.pace.advskew;
}

// C87: each virtual host of an interface counts while its link is missing.
TEST(Demotion, LinkCountsForEachVirtualHost) {
  EngineRig rig(two_lan_config(both(0)));
  EXPECT_EQ(rig.engine().demotion().count(), 2);
  rig.start();
  EXPECT_EQ(rig.engine().demotion().count(), 0);
  rig.set_link(1, false);
  rig.pass();
  EXPECT_EQ(rig.engine().demotion().count(), 1);
  EXPECT_EQ(rig.engine().demotion().total(), 240);
  EXPECT_EQ(rig.engine().demotion().causes()[0].name, "link lan1");
  EXPECT_EQ(rig.engine().demotion().causes()[0].subject, "carp1");
  EXPECT_EQ(rig.state("carp0"), State::backup);
  EXPECT_EQ(rig.state("carp1"), State::init);
}

// C86, D10: all MASTERs tell at once, also when it is over.
TEST(Demotion, EveryMasterTellsBothDirectionsAtOnce) {
  EngineRig rig(two_lan_config(both(10)));
  rig.start();
  rig.run(seconds(4));
  ASSERT_TRUE(rig.is_master("carp0") && rig.is_master("carp1"));
  rig.forget_sent();
  rig.set_link(1, false);
  rig.pass();
  ASSERT_EQ(rig.adverts().size(), 1u);
  EXPECT_EQ(rig.adverts()[0].at, rig.now());
  EXPECT_EQ(rig.adverts()[0].advert.pace, (Pace{1, 240}));
  rig.run(seconds(1));
  rig.set_link(1, true);
  rig.pass();
  EXPECT_EQ(rig.adverts().back().at, rig.now());
  EXPECT_EQ(rig.adverts().back().advert.pace, (Pace{1, 10}));
}

// D10: at most once in 100 ms, and the last word is right.
TEST(Demotion, ManyChangesAreToldOnceIn100Ms) {
  EngineRig rig(lan_config({vhost("carp0", 1, "192.168.1.50/24")}));
  rig.start();
  rig.run(seconds(4));
  rig.forget_sent();
  const TimePoint begin = rig.now();
  for (int i = 0; i < 10; ++i) {
    rig.engine().adjust_demotion(i % 2 == 0 ? 5 : -5, rig.now(), rig.out());
    rig.pass();
    rig.run(milliseconds(10));
  }
  rig.run(milliseconds(20));
  const auto adverts = rig.adverts();
  ASSERT_EQ(adverts.size(), 2u);
  EXPECT_EQ(adverts[0].at, begin);
  EXPECT_EQ(adverts[0].advert.pace, (Pace{1, 240}));
  EXPECT_EQ(adverts[1].at, begin + milliseconds(100));
  EXPECT_EQ(adverts[1].advert.pace, (Pace{1, 0}));
}

// D10: -N takes back only what +N added.
TEST(Demotion, OperatorTakesBackOnlyHisOwn) {
  EngineRig rig(two_lan_config(both(0)));
  rig.start();
  rig.set_link(1, false);
  rig.engine().adjust_demotion(-500, rig.now(), rig.out());
  EXPECT_EQ(rig.engine().demotion().total(), 240);
  rig.engine().adjust_demotion(7, rig.now(), rig.out());
  EXPECT_EQ(rig.engine().demotion().total(), 247);
  EXPECT_EQ(rig.engine().demotion().count(), 2);
  rig.engine().adjust_demotion(-500, rig.now(), rig.out());
  EXPECT_EQ(rig.engine().demotion().total(), 240);
}

// C85: a configured 241 to 254 stays.
TEST(Demotion, NeverImprovesTheSkew) {
  EngineRig rig(lan_config({vhost("carp0", 1, "192.168.1.50/24", {1, 250})}));
  rig.start();
  rig.run(seconds(5));
  rig.engine().adjust_demotion(1, rig.now(), rig.out());
  rig.run(milliseconds(1));
  EXPECT_EQ(last_skew(rig), 250);
}

TEST(Demotion, GoesWithItsVirtualHost) {
  EngineRig rig(two_lan_config(both(0)));
  rig.start();
  rig.set_link(1, false);
  rig.engine().remove_vhost("carp1", rig.now(), rig.out());
  rig.pass();
  EXPECT_EQ(rig.engine().demotion().count(), 0);
}

// I2.2: after link up the virtual hosts stay in INIT, and the demotion stays.
TEST(Demotion, LinkHoldKeepsBoth) {
  Config config = two_lan_config(both(0));
  config.interfaces[1].link_hold = seconds(5);
  EngineRig rig(std::move(config));
  rig.start();
  rig.run(seconds(5) - milliseconds(1));
  EXPECT_EQ(rig.state("carp1"), State::init);
  EXPECT_EQ(rig.engine().demotion().count(), 1);
  rig.run(milliseconds(1));
  EXPECT_EQ(rig.state("carp1"), State::backup);
  EXPECT_EQ(rig.engine().demotion().count(), 0);
}

// A hold ends by itself, where nothing else is due for a long time.
TEST(Demotion, LinkHoldEndsWithoutOtherEvents) {
  Config config = lan_config({vhost("carp0", 1, "192.168.1.50/24")});
  config.interfaces[0].link_hold = seconds(5);
  EngineRig rig(std::move(config));
  rig.run(seconds(1));
  rig.start();
  rig.run(seconds(6));
  EXPECT_EQ(rig.state(), State::backup);
}

// I2.11.
TEST(Demotion, StartupHoldKeepsVirtualHostsInInit) {
  Config config = lan_config({vhost("carp0", 1, "192.168.1.50/24")});
  config.global.startup_hold = seconds(7);
  EngineRig rig(std::move(config));
  rig.start();
  rig.run(seconds(7) - milliseconds(1));
  EXPECT_EQ(rig.state(), State::init);
  rig.run(milliseconds(1));
  EXPECT_EQ(rig.state(), State::backup);
}

// The man page's failover group: one of two links fails, and the other host takes both; after the
// repair the preferred one has both again (C87).
TEST(Demotion, PeerTakesBothInterfacesAndGivesThemBack) {
  Config a = two_lan_config(both(0));
  Config b = two_lan_config(both(100));
  for (InterfaceConfig& interface : b.interfaces) interface.addresses[0].address.value += 1;
  a.sysctl.preempt = b.sysctl.preempt = true;
  EngineRig one(std::move(a), 3);
  EngineRig two(std::move(b), 4);
  Segment segment({&one, &two});
  segment.is_lost = [&](const EngineRig& from, const EngineRig& to, const SentFrame& frame) {
    const auto has_link = [&](const EngineRig& rig) {
      return const_cast<EngineRig&>(rig).engine().interfaces()[frame.port].link_up;
    };
    return !has_link(from) || !has_link(to);
  };
  segment.start();
  segment.run(seconds(10));
  ASSERT_TRUE(one.is_master("carp0") && one.is_master("carp1"));

  one.set_link(1, false);
  segment.run(milliseconds(100));
  EXPECT_TRUE(two.is_master("carp0"));  // at once, by the advertisement with 240
  EXPECT_EQ(one.state("carp0"), State::backup);
  segment.run(seconds(4));
  EXPECT_TRUE(two.is_master("carp1"));
  EXPECT_EQ(one.state("carp1"), State::init);

  one.set_link(1, true);
  segment.run(seconds(4));
  EXPECT_TRUE(one.is_master("carp0") && one.is_master("carp1"));
  EXPECT_EQ(segment.masters("carp0"), 1);
  EXPECT_EQ(segment.masters("carp1"), 1);
}

// C77, C90: with openbsd_demotion a demoted MASTER loses to a slower peer without preempt.
TEST(Demotion, ByteFourCountsWhereAskedFor) {
  for (const bool asked : {false, true}) {
    auto config = vhost("carp0", 1, "192.168.1.50/24", {1, 100});
    config.openbsd_demotion = asked;
    EngineRig rig(lan_config({config}));
    Neighbour neighbour(config);
    rig.start();
    rig.hear(neighbour.advert({1, 0}, 1));
    rig.run(milliseconds(20));
    EXPECT_EQ(rig.is_master(), asked);
    rig.engine().adjust_demotion(3, rig.now(), rig.out());
    rig.run(seconds(5));
    ASSERT_TRUE(rig.is_master());
    EXPECT_EQ(rig.adverts().back().advert.demotion, asked ? 3 : 0);
  }
}

}  // namespace
}  // namespace carp::control
