// SPDX-License-Identifier: BSD-3-Clause
//
// Links and ports that fail and come back (C85 to C89): the group fails over as a whole, and comes
// back as a whole, in the right order.
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/control/segment.h"

namespace carp::control {
namespace {

using proto::Pace;
using proto::State;
using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] proto::VhostConfig carp0(Pace pace = {1, 0}) {
  return vhost("carp0", 1, "192.168.1.50/24", pace);
}
[[nodiscard]] proto::VhostConfig carp1(Pace pace = {1, 0}) {
  return vhost("carp1", 2, "10.0.0.50/24", pace, "lan1");
}

// When each advertisement with this advskew left, on a port.
[[nodiscard]] std::vector<TimePoint> sent_with(const EngineRig& rig, uint8_t advskew,
                                               dataplane::PortId port = 0) {
  std::vector<TimePoint> times;
  for (const SentAdvert& sent : rig.adverts())
    if (sent.advert.pace.advskew == advskew && sent.port == port) times.push_back(sent.at);
  return times;
}

// The man page's first example: two firewalls with two interfaces each, preempt on both.
class Firewalls : public testing::Test {
 protected:
  [[nodiscard]] static Config config_of(uint8_t host, uint8_t advskew) {
    Config config = two_lan_config({carp0({1, advskew}), carp1({1, advskew})});
    for (InterfaceConfig& interface : config.interfaces)
      interface.addresses[0].address.value += host - 3u;
    config.sysctl.preempt = true;
    return config;
  }
  [[nodiscard]] bool holds_both(const EngineRig& rig) const {
    return rig.is_master("carp0") && rig.is_master("carp1") && segment.masters("carp0") == 1 &&
           segment.masters("carp1") == 1;
  }

  EngineRig first{config_of(3, 0), 3};
  EngineRig second{config_of(4, 100), 4};
  Segment segment{{&first, &second}};
};

TEST_F(Firewalls, LostLinkMovesTheWholeGroupAndRepairBringsItBack) {
  segment.start();
  segment.run(seconds(10));
  ASSERT_TRUE(holds_both(first));

  first.forget_sent();
  first.set_link(0, false);
  const TimePoint lost = first.now();
  segment.run(milliseconds(50));
  EXPECT_EQ(first.state("carp0"), State::init);
  EXPECT_EQ(first.engine().demotion().count(), 1);  // C86: one for each vhost on the interface
  EXPECT_EQ(first.engine().demotion().total(), 240);
  // C86: the MASTER on the other interface tells at once, with 240; the peer preempts it.
  ASSERT_EQ(sent_with(first, 240, 1).size(), 1u);
  EXPECT_LE(sent_with(first, 240, 1)[0] - lost, milliseconds(1));
  EXPECT_TRUE(second.is_master("carp1"));
  segment.run(seconds(5));
  EXPECT_TRUE(holds_both(second));

  first.set_link(0, true);
  segment.run(milliseconds(10));
  EXPECT_EQ(first.state("carp0"), State::backup);
  EXPECT_EQ(first.engine().demotion().count(), 0);
  // C87: it comes to run before the demotion is lowered.
  EXPECT_TRUE(first.logged("carp0: INIT -> BACKUP (started) vhid=1 interface=lan0 demotion=240"));
  segment.run(seconds(5));
  EXPECT_TRUE(holds_both(first));
}

// C85, C60: whatever preempt says here; the interval is that of what is advertised.
TEST(Link, DemotedIntervalFollowsTheDemotedSkew) {
  EngineRig rig(lan_config({carp0({1, 100}), vhost("carp2", 2, "192.168.1.51/24", {1, 250})}));
  rig.start();
  rig.run(seconds(6));
  rig.forget_sent();
  rig.engine().adjust_demotion(1, rig.now(), rig.out());
  rig.pass();
  ASSERT_EQ(rig.adverts().size(), 2u);
  EXPECT_EQ(rig.adverts()[0].advert.pace, (Pace{1, 240}));
  EXPECT_EQ(rig.adverts()[1].advert.pace, (Pace{1, 250}));
  rig.run(milliseconds(1937));
  EXPECT_EQ(sent_with(rig, 240).size(), 1u);  // C60: the interval follows
  rig.run(milliseconds(2));
  EXPECT_EQ(sent_with(rig, 240).size(), 2u);
}

// C89. Advertisements are provoked by changes of the operator's demotion, well within the lease.
class SendErrors : public testing::Test {
 protected:
  void SetUp() override {
    rig.start();
    rig.run(seconds(16));
    ASSERT_TRUE(rig.is_master());
  }
  // One advertisement, of which the port says so.
  void send(Transmitted how) {
    const uint64_t before = rig.engine().statistics().opackets;
    rig.transmits = how;
    rig.engine().adjust_demotion(1, rig.now(), rig.out());
    rig.pass();
    EXPECT_EQ(rig.engine().statistics().opackets, before + 1);  // C105: errors included
    rig.run(milliseconds(250));  // what it provokes itself, by D10, leaves the same way
  }
  [[nodiscard]] int demoted_by_errors() {
    const auto causes = rig.engine().demotion().causes();
    return static_cast<int>(std::count_if(causes.begin(), causes.end(), [](const auto& cause) {
      return cause.name == "send errors" && cause.subject == "carp0" && cause.amount == 240;
    }));
  }

  EngineRig rig{lan_config({carp0({5, 0})})};
};

TEST_F(SendErrors, ThreeInARowDemoteOnceAndThreeSuccessesTakeItBack) {
  for (const Transmitted how : {Transmitted::failed, Transmitted::failed, Transmitted::ok,
                                Transmitted::failed, Transmitted::no_buffer, Transmitted::failed}) {
    send(how);
    EXPECT_EQ(demoted_by_errors(), 0);
  }
  for (int i = 0; i < 3; ++i) {
    send(Transmitted::failed);
    EXPECT_EQ(demoted_by_errors(), 1);
  }
  send(Transmitted::ok);
  send(Transmitted::ok);
  EXPECT_EQ(demoted_by_errors(), 1);
  send(Transmitted::failed);
  send(Transmitted::ok);
  send(Transmitted::ok);
  EXPECT_EQ(demoted_by_errors(), 1);
  send(Transmitted::ok);
  EXPECT_EQ(demoted_by_errors(), 0);
}

TEST_F(SendErrors, WantOfABufferIsNone) {
  for (int i = 0; i < 5; ++i) send(Transmitted::no_buffer);
  EXPECT_EQ(demoted_by_errors(), 0);
  EXPECT_EQ(rig.engine().statistics().onomem, 5u);
  EXPECT_EQ(rig.engine().statistics().oerrors, 0u);
}

// The engine says itself when it wants to be called: no poll between hold and deadline is needed.
TEST(Holds, EndOfAHoldIsADeadline) {
  Config config = lan_config({carp0()});
  config.interfaces[0].link_hold = seconds(5);
  EngineRig rig(std::move(config));
  rig.pass();
  rig.set_link(0, true);
  const TimePoint back = rig.now();
  rig.run(seconds(2));  // membership reports are behind us (I6.5)
  EXPECT_EQ(rig.engine().next_deadline(), back + seconds(5));
}

// A reload, too: who waits for a switch port and finds that it forwards need not wait to the end.
TEST(Holds, AHoldThatHasBegunTakesTheLengthOfTheNewConfiguration) {
  Config config = lan_config({carp0()});
  config.interfaces[0].link_hold = seconds(60);
  InterfaceConfig interface = config.interfaces[0];
  EngineRig rig(std::move(config));
  rig.pass();
  rig.set_link(0, true);
  rig.run(seconds(2));
  interface.link_hold = seconds(5);
  rig.engine().set_interface(interface, rig.now());
  rig.pass();
  EXPECT_EQ(rig.state(), State::init);
  rig.run(seconds(4));
  EXPECT_NE(rig.state(), State::init);
}

}  // namespace
}  // namespace carp::control
