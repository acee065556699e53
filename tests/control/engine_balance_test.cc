// SPDX-License-Identifier: BSD-3-Clause
//
// What workers are told to answer: slots of ARP balancing (C110 to C116, D7, D8), virtual MACs of
// the group (D17), and net.inet.carp.allow (D13).
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"
#include "tests/support/frames.h"

namespace carp::control {
namespace {

using proto::Duration;
using proto::Pace;
using proto::State;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kShared = "192.168.1.50";
constexpr std::string_view kEven = "192.168.1.200";  // slot 0 of 2
constexpr std::string_view kOdd = "192.168.1.201";   // slot 1 of 2

// Two virtual hosts that share an address.
[[nodiscard]] Config sharing(bool arpbalance) {
  Config config = lan_config(
      {vhost("carp0", 1, "192.168.1.50/24"), vhost("carp1", 2, "192.168.1.50/24", {1, 100})});
  config.sysctl.arpbalance = arpbalance;
  return config;
}

class Balance : public testing::Test {
 protected:
  explicit Balance(bool arpbalance = true) : rig(sharing(arpbalance)) {
    rig.start();
    rig.run(seconds(5));
  }
  void set_up(std::string_view name, bool up) {
    auto config = rig.entry(name).config;
    config.up = up;
    rig.engine().set_vhost(config, 0, rig.now(), rig.out());
    rig.run(milliseconds(10));
  }
  // The vhid whose MAC a client gets; 0: no answer.
  [[nodiscard]] int slot_of(std::string_view client) const {
    const auto mac = rig.answer(kShared, client);
    return mac ? net::vhid_of(*mac).value_or(255) : 0;
  }

  EngineRig rig;
  Neighbour neighbour{vhost("carp1", 2, "192.168.1.50/24")};
};

TEST_F(Balance, ClientsAreSharedByTheirAddress) {
  EXPECT_EQ(slot_of(kEven), 1);
  EXPECT_EQ(slot_of(kOdd), 2);
}

// A slot counts though this host is no MASTER of it: its clients are its master's.
TEST_F(Balance, ABackupSlotIsNotAnsweredFor) {
  rig.hear(neighbour.advert({1, 0}));
  rig.run(milliseconds(10));
  ASSERT_EQ(rig.state("carp1"), State::backup);
  EXPECT_EQ(slot_of(kEven), 1);
  EXPECT_EQ(slot_of(kOdd), 0);
}

// D7: nobody serves the slot of the one that was taken down, so it is dropped ...
TEST_F(Balance, ASlotThatNobodyServesIsDropped) {
  set_up("carp1", false);
  EXPECT_EQ(slot_of(kEven), 1);
  EXPECT_EQ(slot_of(kOdd), 1);
}

// ... unless a master of it is heard: within 3 advbase + advskew/256 s + 1 s as configured here.
TEST_F(Balance, ASlotCountsWhileItsMasterIsHeard) {
  set_up("carp1", false);
  rig.hear(neighbour.advert({1, 0}));
  rig.run(milliseconds(2));  // a pass to hear it, and one in which workers take the table
  EXPECT_EQ(slot_of(kOdd), 0);
  rig.run(proto::master_down_time({1, 100}) + seconds(1) - milliseconds(3));
  EXPECT_EQ(slot_of(kOdd), 0);
  rig.run(milliseconds(4));
  EXPECT_EQ(slot_of(kOdd), 1);
}

TEST_F(Balance, ABowOutEndsASlotAtOnce) {
  set_up("carp1", false);
  rig.hear(neighbour.advert({1, 0}));
  rig.run(milliseconds(10));
  ASSERT_EQ(slot_of(kOdd), 0);
  rig.hear(neighbour.bow_out());
  rig.run(milliseconds(2));
  EXPECT_EQ(slot_of(kOdd), 1);
}

// What is not authentic keeps no slot alive.
TEST_F(Balance, AForgedMasterKeepsNoSlot) {
  set_up("carp1", false);
  auto config = vhost("carp1", 2, "192.168.1.50/24");
  config.key.bytes[0] ^= 1;
  rig.hear(Neighbour(config).advert({1, 0}));
  rig.run(milliseconds(2));
  EXPECT_EQ(slot_of(kOdd), 1);
}

class NoBalance : public Balance {
 protected:
  NoBalance() : Balance(false) {}
};

// D8, C116: the first MASTER in ascending order of vhid, for every client.
TEST_F(NoBalance, FirstMasterAnswersEveryClient) {
  EXPECT_EQ(slot_of(kEven), 1);
  EXPECT_EQ(slot_of(kOdd), 1);
  set_up("carp0", false);
  EXPECT_EQ(slot_of(kEven), 2);
  EXPECT_EQ(slot_of(kOdd), 2);
  set_up("carp1", false);
  EXPECT_EQ(slot_of(kEven), 0);
}

// Also where nothing but the masters has changed.
TEST_F(NoBalance, NextMasterAnswersWhenTheFirstHandsOver) {
  rig.engine().set_operator_state("carp0", State::backup, rig.now(), rig.out());
  rig.run(milliseconds(10));
  EXPECT_EQ(slot_of(kEven), 2);
  rig.run(seconds(5));
  ASSERT_EQ(rig.state("carp0"), State::master);
  EXPECT_EQ(slot_of(kEven), 1);
}

TEST_F(NoBalance, SysctlTurnsItOn) {
  rig.engine().set_sysctl({.log = 2, .arpbalance = true}, rig.now(), rig.out());
  rig.run(milliseconds(2));
  EXPECT_EQ(slot_of(kOdd), 2);
}

// D17: the peer's gratuitous ARP for the vhid that it is MASTER of is no stranger's claim, also
// where the address has one slot only.
TEST_F(NoBalance, APeersVirtualMacIsNoConflict) {
  rig.hear(neighbour.advert({1, 0}));
  rig.run(milliseconds(10));
  ASSERT_EQ(rig.state("carp1"), State::backup);
  rig.forget_log();
  rig.receive(0, net::build_gratuitous_arp(net::virtual_mac(2), net::virtual_mac(2), net::kUntagged,
                                           support::ip(kShared)));
  rig.run(milliseconds(10));
  EXPECT_FALSE(rig.logged("conflict"));
  EXPECT_EQ(rig.dropped_of_inbox, 1u);
}

// C119: own addresses are answered with the port's own MAC, in every state.
TEST_F(Balance, OwnAddressIsAlwaysAnswered) {
  rig.set_link(0, false);
  rig.run(milliseconds(10));
  EXPECT_EQ(rig.answer("192.168.1.3"), support::mac("02:00:00:00:00:03"));
}

// D13: all virtual hosts say goodbye and go to INIT; nothing heard moves more than ipackets.
TEST_F(Balance, AllowZeroSendsAllToInit) {
  rig.forget_sent();
  rig.engine().set_sysctl({.allow = false, .log = 2}, rig.now(), rig.out());
  rig.run(milliseconds(10));
  EXPECT_EQ(rig.last_change(), "MASTER -> INIT (net.inet.carp.allow is 0)");
  EXPECT_EQ(rig.adverts().size(), 2u);
  for (const SentAdvert& sent : rig.adverts()) EXPECT_EQ(sent.advert.pace, proto::kBowOut);
  EXPECT_EQ(slot_of(kEven), 0);
  rig.hear(neighbour.advert({1, 0}));
  rig.run(seconds(10));
  EXPECT_EQ(rig.engine().statistics().ipackets, 1u);
  EXPECT_EQ(rig.engine().statistics().badvhid, 0u);
  EXPECT_EQ(rig.adverts().size(), 2u);
  rig.engine().set_sysctl({.log = 2}, rig.now(), rig.out());
  rig.run(milliseconds(1));
  EXPECT_EQ(rig.state("carp0"), State::backup);
  EXPECT_EQ(rig.state("carp1"), State::backup);
}

}  // namespace
}  // namespace carp::control
