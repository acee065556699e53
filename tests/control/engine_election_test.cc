// SPDX-License-Identifier: BSD-3-Clause
//
// Who is MASTER, and from when on: between this appliance and a neighbour, and between appliances.
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"
#include "tests/control/segment.h"

namespace carp::control {
namespace {

using proto::Duration;
using proto::Pace;
using proto::State;
using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] proto::VhostConfig carp0(Pace pace = {1, 0}) {
  return vhost("carp0", 1, "192.168.1.50/24", pace);
}

TEST(Election, NobodyRunsBeforeTheLinkIsUp) {
  EngineRig rig(lan_config({carp0()}));
  rig.run(seconds(10));
  EXPECT_EQ(rig.state(), State::init);
  EXPECT_TRUE(rig.sent().empty());
}

// D5, C61: we listen for a whole master down time first, preempt or not.
TEST(Election, ListensForMasterDownTimeFirst) {
  for (const bool preempt : {false, true}) {
    Config config = lan_config({carp0({1, 100})});
    config.sysctl.preempt = preempt;
    EngineRig rig(std::move(config));
    rig.start();
    EXPECT_EQ(rig.state(), State::backup);
    rig.run(proto::master_down_time({1, 100}) - Duration(1));
    EXPECT_EQ(rig.state(), State::backup);
    rig.run(Duration(1));
    EXPECT_EQ(rig.last_change(), "BACKUP -> MASTER (master timed out)");
  }
}

// C60, C81, D21: the first gap follows the configured advskew, from the sending on.
TEST(Election, MasterAdvertisesInItsInterval) {
  EngineRig rig(lan_config({carp0({1, 100})}));
  rig.start();
  rig.run(seconds(9));
  const auto adverts = rig.adverts();
  ASSERT_GE(adverts.size(), 4u);
  for (size_t i = 1; i < adverts.size(); ++i)
    EXPECT_EQ(adverts[i].at - adverts[i - 1].at, proto::advert_interval({1, 100}));
  for (const SentAdvert& sent : adverts) {
    EXPECT_EQ(sent.advert.pace, (Pace{1, 100}));
    EXPECT_EQ(sent.ethernet_source, net::virtual_mac(1));     // C3
    EXPECT_EQ(to_string(sent.advert.source), "192.168.1.3");  // C7
  }
}

// C61 and C74: the time counts from the last advertisement heard, to the microsecond.
TEST(Election, FailoverTakesThreeIntervalsAndOneSkew) {
  for (const Pace pace : {Pace{1, 0}, Pace{1, 100}, Pace{2, 254}, Pace{0, 30}}) {
    const auto config = carp0(pace);
    EngineRig rig(lan_config({config}));
    Neighbour neighbour(config);
    rig.start();
    rig.run(proto::master_down_time(pace) / 2);
    rig.hear(neighbour.advert({pace.advbase, 0}));
    const TimePoint heard = rig.now();
    rig.run(proto::master_down_time(pace) - Duration(1));
    ASSERT_EQ(rig.state(), State::backup) << int{pace.advbase} << '/' << int{pace.advskew};
    rig.run(Duration(1));
    EXPECT_TRUE(rig.is_master());
    EXPECT_EQ(rig.entry().since - heard, proto::master_down_time(pace));
  }
}

// C73, C84: preempt off. D22: the answer takes the workers' confirmation, not an interval.
TEST(Election, BowOutIsAnsweredAtOnce) {
  const auto config = carp0({1, 100});
  EngineRig rig(lan_config({config}));
  Neighbour neighbour(config);
  rig.start();
  rig.hear(neighbour.advert({1, 0}));
  rig.run(milliseconds(500));
  rig.hear(neighbour.bow_out());
  rig.pass();
  EXPECT_EQ(rig.last_change(), "BACKUP -> MASTER (master bowed out)");
  rig.run(milliseconds(5));
  EXPECT_EQ(rig.adverts().size(), 1u);
}

// C72, C151.
TEST(Election, PreemptsASlowerMasterOnlyWherePreemptIsOn) {
  for (const bool preempt : {false, true}) {
    const auto vhost = carp0({1, 0});
    Config config = lan_config({vhost});
    config.sysctl.preempt = preempt;
    EngineRig rig(std::move(config));
    Neighbour neighbour(vhost);
    rig.start();
    rig.run(seconds(1));
    rig.hear(neighbour.advert({1, 100}));
    rig.pass();
    EXPECT_EQ(rig.is_master(), preempt);
    EXPECT_EQ(rig.engine().statistics().preempt, preempt ? 1u : 0u);
  }
}

// I2.11: C72 waits, C73 does not.
TEST(Election, PreemptDelayHoldsPreemptionAlone) {
  const auto vhost = carp0({1, 0});
  Config config = lan_config({vhost});
  config.sysctl.preempt = true;
  config.global.preempt_delay = seconds(5);
  EngineRig rig(config);
  Neighbour neighbour(vhost);
  rig.start();
  for (int second = 0; second < 5; ++second) {
    rig.hear(neighbour.advert({1, 100}));
    rig.run(seconds(1));
    EXPECT_EQ(rig.state(), State::backup) << second;
  }
  rig.hear(neighbour.advert({1, 100}));
  rig.pass();
  EXPECT_EQ(rig.last_change(), "BACKUP -> MASTER (preempting a slower master)");

  EngineRig other(config);
  Neighbour leaving(vhost);
  other.start();
  other.hear(leaving.bow_out());
  other.pass();
  EXPECT_TRUE(other.is_master());
}

// C71: no packet on becoming BACKUP (C82), no ARP answered from then on.
TEST(Election, MasterYieldsToABetterPeerInSilence) {
  const auto config = carp0({1, 100});
  EngineRig rig(lan_config({config}));
  Neighbour neighbour(config);
  rig.start();
  rig.run(seconds(4));
  ASSERT_TRUE(rig.serves());
  rig.forget_sent();
  rig.hear(neighbour.advert({1, 0}));
  rig.run(milliseconds(20));
  EXPECT_EQ(rig.last_change(), "MASTER -> BACKUP (more frequent advertisement received)");
  EXPECT_TRUE(rig.sent().empty());
  EXPECT_FALSE(rig.serves());
  EXPECT_FALSE(rig.answer("192.168.1.50"));
}

// D11 rule 1: the winner's clock in the counter is behind ours, so it gets ours to go on from; with
// the port's own MAC, so that no switch turns to us.
TEST(Election, MasterSaysALastWordToAPeerWhoseCounterIsBehind) {
  const auto config = carp0({1, 100});
  EngineRig rig(lan_config({config}));
  Neighbour neighbour(config);
  neighbour.counter = (proto::kCounterTag << 48) + 1'795'330'800'000;  // our start: behind by now
  rig.start();
  rig.run(seconds(4));
  rig.forget_sent();
  rig.hear(neighbour.advert({1, 0}));
  rig.run(milliseconds(20));
  ASSERT_EQ(rig.state(), State::backup);
  const auto adverts = rig.adverts();
  ASSERT_EQ(adverts.size(), 1u);
  EXPECT_EQ(adverts[0].ethernet_source, (net::MacAddress{{2, 0, 0, 0, 0, 3}}));
  EXPECT_EQ(adverts[0].advert.pace, (Pace{1, 100}));
  EXPECT_GT(adverts[0].advert.counter, neighbour.counter);
}

// The man page's first example: a better host comes back, and C91a with `preempt` off.
class TwoHosts : public testing::Test {
 protected:
  void make(bool preempt, Pace first = {1, 0}, Pace second = {1, 100}) {
    Config a = lan_config({carp0(first)});
    Config b = lan_config({carp0(second)});
    b.interfaces[0].addresses[0].address.value += 1;
    a.sysctl.preempt = b.sysctl.preempt = preempt;
    one.emplace(std::move(a), uint8_t{3});
    two.emplace(std::move(b), uint8_t{4});
    segment.emplace(std::vector<EngineRig*>{&*one, &*two});
    segment->start();
  }

  std::optional<EngineRig> one, two;
  std::optional<Segment> segment;
};

TEST_F(TwoHosts, ExactlyThePreferredOneBecomesMaster) {
  make(false);
  segment->run(seconds(20));
  EXPECT_TRUE(one->is_master());
  EXPECT_EQ(two->state(), State::backup);
  EXPECT_EQ(one->entry().transitions, 2u);
  EXPECT_EQ(two->entry().transitions, 1u);  // it never moved from BACKUP
}

TEST_F(TwoHosts, TheOtherTakesOverFromACrashedOne) {
  make(false);
  segment->run(seconds(10));
  const TimePoint last = one->adverts().back().at;
  segment->crash(*one);
  segment = Segment({&*two});
  segment->run(seconds(5));
  ASSERT_TRUE(two->is_master());
  const Duration took = two->entry().since - last;
  EXPECT_GE(took, proto::master_down_time({1, 100}));
  EXPECT_LE(took, proto::master_down_time({1, 100}) + milliseconds(2));
}

TEST_F(TwoHosts, PreferredOnePreemptsWhenItsLinkIsBack) {
  make(true);
  segment->run(seconds(10));
  one->set_link(0, false);
  segment->run(seconds(10));
  EXPECT_EQ(one->state(), State::init);
  ASSERT_TRUE(two->is_master());
  one->set_link(0, true);
  segment->run(milliseconds(10));
  EXPECT_EQ(one->state(), State::backup);  // D5
  segment->run(seconds(3));
  EXPECT_TRUE(one->is_master());
  EXPECT_EQ(two->state(), State::backup);
  EXPECT_EQ(segment->masters(), 1);
}

// C91a: `ifconfig carp0 down && ifconfig carp0 up` at the MASTER hands over, without preempt.
TEST_F(TwoHosts, DownAndUpHandsOver) {
  make(false);
  segment->run(seconds(10));
  ASSERT_TRUE(one->is_master());
  one->forget_sent();
  auto config = one->entry().config;
  config.up = false;
  one->engine().set_vhost(config, 0, one->now(), one->out());
  config.up = true;
  one->engine().set_vhost(config, 0, one->now(), one->out());
  segment->run(milliseconds(20));
  ASSERT_EQ(one->adverts().size(), 1u);
  EXPECT_EQ(one->adverts()[0].advert.pace, proto::kBowOut);
  EXPECT_TRUE(two->is_master());
  segment->run(seconds(30));
  EXPECT_EQ(one->state(), State::backup);
  EXPECT_TRUE(two->is_master());
}

TEST(Election, ThreeHostsTakeTurnsByTheirSkew) {
  std::vector<std::unique_ptr<EngineRig>> rigs;
  std::vector<EngineRig*> all;
  for (uint8_t host = 3; host < 6; ++host) {
    Config config = lan_config({carp0({1, static_cast<uint8_t>((host - 3) * 50)})});
    config.interfaces[0].addresses[0].address.value += host - 3u;
    rigs.push_back(std::make_unique<EngineRig>(std::move(config), host));
    all.push_back(rigs.back().get());
  }
  Segment segment(all);
  segment.start();
  for (size_t i = 0; i < all.size(); ++i) {
    segment.run(seconds(8));
    EXPECT_TRUE(all[i]->is_master()) << i;
    EXPECT_EQ(segment.masters(), 1) << i;
    segment.crash(*all[i]);
  }
}

}  // namespace
}  // namespace carp::control
