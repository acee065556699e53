// SPDX-License-Identifier: BSD-3-Clause
//
// Gratuitous ARP (D19, C125 to C127, I2.10) and conflicts (D18): how many, when, for which address.
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"
#include "tests/support/frames.h"

namespace carp::control {
namespace {

using proto::Duration;
using proto::Pace;
using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] proto::VhostConfig carp0() { return vhost("carp0", 1, "192.168.1.50/24"); }

void become_master(EngineRig& rig) {
  rig.start();
  rig.run(seconds(3) + milliseconds(20));
  ASSERT_TRUE(rig.is_master());
}

// A stranger's gratuitous ARP for the shared address.
[[nodiscard]] net::Frame claim() {
  return support::arp_frame({.sender_mac = support::mac("02:de:ad:00:00:01"),
                             .sender_ip = support::ip("192.168.1.50"),
                             .target_ip = support::ip("192.168.1.50")});
}

TEST(Announce, OnceAfterTakeoverAndAgainWithTheSecondLaterAdvertisement) {
  Config config = lan_config({carp0()});
  config.global.gratuitous_refresh = seconds(0);
  EngineRig rig(std::move(config));
  become_master(rig);
  rig.run(seconds(30));
  const auto announced = rig.announcements();
  const auto adverts = rig.adverts();
  ASSERT_EQ(announced.size(), 2u);
  EXPECT_EQ(announced[0].at, adverts[0].at);
  EXPECT_EQ(announced[1].at, adverts[2].at);
}

// D6, C125.
TEST(Announce, CarriesTheVirtualMacAndLeavesFromItOrFromThePort) {
  for (const bool from_port : {false, true}) {
    auto vhost = carp0();
    if (from_port) vhost.arp_source = proto::ArpSource::port;
    EngineRig rig(lan_config({vhost}));
    become_master(rig);
    ASSERT_FALSE(rig.announcements().empty());
    const SentArp arp = rig.announcements()[0];
    EXPECT_EQ(arp.sender_mac, net::virtual_mac(1));
    EXPECT_EQ(arp.ethernet_source,
              from_port ? support::mac("02:00:00:00:00:03") : net::virtual_mac(1));
    EXPECT_EQ(to_string(arp.address), "192.168.1.50");
  }
}

TEST(Announce, EveryAddressAMillisecondApart) {
  auto vhost = carp0();
  for (uint8_t last = 51; last < 60; ++last)
    vhost.addresses.push_back({net::Ipv4Address{0xc0a80100u + last}, 24});
  EngineRig rig(lan_config({vhost}));
  rig.start();
  rig.run(seconds(3) + milliseconds(50));
  const auto announced = rig.announcements();
  ASSERT_EQ(announced.size(), 10u);
  for (size_t i = 0; i < announced.size(); ++i) {
    EXPECT_EQ(announced[i].at, announced[0].at + milliseconds(i));
    EXPECT_EQ(announced[i].address.value, 0xc0a80132u + i);
  }
}

TEST(Announce, RefreshesOnceAMinute) {
  EngineRig rig(lan_config({carp0()}));
  become_master(rig);
  const TimePoint master_since = rig.entry().since;
  rig.run(seconds(10));
  rig.forget_sent();
  rig.run(seconds(180));
  const auto announced = rig.announcements();
  ASSERT_EQ(announced.size(), 3u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(announced[i].at, master_since + seconds(60) * (i + 1));
}

// I2.10: the takeover's own do not use up the one a second.
TEST(Announce, AgainAtOnceWhenAnInferiorPeerIsHeardButOnceASecond) {
  EngineRig rig(lan_config({carp0()}));
  Neighbour neighbour(carp0());
  become_master(rig);
  rig.forget_sent();
  rig.hear(neighbour.advert({1, 100}));
  rig.pass();
  EXPECT_EQ(rig.announcements().size(), 1u);
  for (int i = 0; i < 9; ++i) {
    rig.run(milliseconds(100));
    rig.hear(neighbour.advert({1, 100}));
    rig.pass();
  }
  EXPECT_EQ(rig.announcements().size(), 1u);
  rig.run(milliseconds(100));
  rig.hear(neighbour.advert({1, 100}));
  rig.pass();
  EXPECT_EQ(rig.announcements().size(), 2u);
}

TEST(Announce, ConflictIsAnsweredAndLoggedOnceASecond) {
  EngineRig rig(lan_config({carp0()}));
  become_master(rig);
  rig.run(seconds(3));
  rig.forget_sent();
  for (int i = 0; i < 10; ++i) {
    rig.receive(0, claim());
    rig.run(milliseconds(50));
  }
  EXPECT_EQ(rig.announcements().size(), 1u);
  EXPECT_TRUE(
      rig.logged("carp0: address=192.168.1.50 event=conflict "
                 "claimed_by=02:de:ad:00:00:01 vhid=1"));
  EXPECT_FALSE(rig.logged("left_out"));
  rig.run(seconds(1));
  rig.receive(0, claim());
  rig.run(milliseconds(2));
  EXPECT_EQ(rig.announcements().size(), 2u);
  EXPECT_TRUE(rig.logged("left_out=9"));
}

TEST(Announce, ABackupDoesNotMindConflicts) {
  EngineRig rig(lan_config({carp0()}));
  rig.start();
  const net::Frame frame = claim();
  rig.engine().on_conflict_frame(0, frame, rig.now(), rig.out());
  rig.run(milliseconds(10));
  EXPECT_TRUE(rig.sent().empty());
  EXPECT_FALSE(rig.logged("conflict"));
}

// D19: it would move every client to that slot.
TEST(Announce, NeverForABalancedAddress) {
  Config config = lan_config({carp0(), vhost("carp1", 2, "192.168.1.50/24")});
  config.vhosts[1].addresses.push_back(net::parse_ipv4_prefix("192.168.1.51/24").value());
  config.sysctl.arpbalance = true;
  EngineRig rig(config);
  Neighbour neighbour(config.vhosts[0]);
  become_master(rig);
  rig.hear(neighbour.advert({1, 100}));
  rig.receive(0, claim());
  rig.run(seconds(70));
  ASSERT_FALSE(rig.announcements().empty());
  for (const SentArp& arp : rig.announcements()) EXPECT_EQ(to_string(arp.address), "192.168.1.51");
}

// A long list takes its time, and is not begun anew before it has been gone through.
TEST(Announce, TheLastOfManyAddressesHasItsTurn) {
  auto vhost = carp0();
  for (uint32_t i = 0; i < 3000; ++i)
    vhost.addresses.push_back({net::Ipv4Address{0xc0a81000u + i}, 16});
  EngineRig rig(lan_config({vhost}));
  Neighbour neighbour(vhost);
  become_master(rig);
  for (int i = 0; i < 8; ++i) {
    rig.hear(neighbour.advert({1, 100}));
    rig.run(seconds(1));
  }
  const auto announced = rig.announcements();
  EXPECT_TRUE(std::any_of(announced.begin(), announced.end(), [](const SentArp& arp) {
    return arp.address.value == 0xc0a81000u + 2999;
  }));
}

// D19: what went out before the second advertisement goes again, also where some still waits then.
TEST(Announce, ALongListIsNotCutShortByItsSecondRound) {
  Config config = lan_config({carp0()});
  config.global.gratuitous_refresh = seconds(0);
  for (uint32_t i = 0; i < 2999; ++i)
    config.vhosts[0].addresses.push_back({net::Ipv4Address{0xc0a81000u + i}, 16});
  EngineRig rig(config);
  become_master(rig);
  rig.run(seconds(10));
  const TimePoint second_round = rig.adverts().at(2).at;
  std::map<net::Ipv4Address, std::vector<TimePoint>> times;
  for (const SentArp& arp : rig.announcements()) times[arp.address].push_back(arp.at);
  EXPECT_EQ(times.size(), 3000u);
  for (const auto& [address, at] : times)
    ASSERT_EQ(at.size(), at[0] < second_round ? 2u : 1u) << to_string(address);
}

// D19: nor does what already waits go out once balancing is turned on.
TEST(Announce, BalancingEndsWhatWaits) {
  Config config = lan_config({carp0(), vhost("carp1", 2, "192.168.1.50/24", {1, 100})});
  config.vhosts[0].addresses.clear();
  for (uint8_t last = 100; last < 200; ++last)
    config.vhosts[0].addresses.push_back({net::Ipv4Address{0xc0a80100u + last}, 24});
  config.vhosts[0].addresses.push_back(config.vhosts[1].addresses[0]);
  EngineRig rig(config);
  become_master(rig);
  ASSERT_EQ(rig.state("carp1"), proto::State::backup);
  rig.engine().set_sysctl({.arpbalance = true}, rig.now(), rig.out());
  rig.run(milliseconds(200));
  EXPECT_EQ(rig.announcements().size(), 100u);
  for (const SentArp& arp : rig.announcements()) EXPECT_NE(to_string(arp.address), "192.168.1.50");
}

// What waits when mastership ends is not sent in the next one before its time (D22).
TEST(Announce, NothingIsLeftOverFromAnEarlierMastership) {
  auto vhost = carp0();
  for (uint8_t last = 51; last < 250; ++last)
    vhost.addresses.push_back({net::Ipv4Address{0xc0a80100u + last}, 24});
  EngineRig rig(lan_config({vhost}));
  rig.start();
  rig.run(seconds(3) + milliseconds(20));
  ASSERT_TRUE(rig.is_master());
  rig.forget_sent();
  rig.workers_confirm = false;
  rig.engine().set_operator_state("carp0", proto::State::backup, rig.now(), rig.out());
  rig.engine().set_operator_state("carp0", proto::State::master, rig.now(), rig.out());
  const TimePoint decided = rig.now();
  rig.run(milliseconds(20));
  ASSERT_FALSE(rig.sent().empty());
  EXPECT_EQ(rig.sent()[0].at, decided + milliseconds(5));
  EXPECT_TRUE(proto::parse_advert(rig.sent()[0].bytes).ok());
}

}  // namespace
}  // namespace carp::control
