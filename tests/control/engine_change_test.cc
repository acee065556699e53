// SPDX-License-Identifier: BSD-3-Clause
//
// Changes while running: each changes what it names and nothing else (I2.12, D23); and what is
// told of changes of state (I5.2, I3.4).
#include <gtest/gtest.h>

#include "lib/proto/key.h"
#include "tests/control/engine_rig.h"

namespace carp::control {
namespace {

using proto::Pace;
using proto::State;
using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] proto::VhostConfig carp0() { return vhost("carp0", 1, "192.168.1.50/24"); }

class Change : public testing::Test {
 protected:
  Change() {
    rig.start();
    rig.run(seconds(5));
    rig.forget_sent();
  }
  void set(const proto::VhostConfig& config) {
    rig.engine().set_vhost(config, 0, rig.now(), rig.out());
    rig.pass();
  }

  EngineRig rig{lan_config({carp0()})};
};

// D23: pace, key and addresses of a MASTER change; it stays MASTER and answers on.
TEST_F(Change, ParametersKeepStateAndMastership) {
  auto pace = carp0(), key = carp0(), addresses = carp0();
  pace.pace = {1, 50};
  key.key = proto::key_from_pass("another");
  addresses.addresses.push_back(net::parse_ipv4_prefix("192.168.1.51/24").value());
  for (const auto& config : {pace, key, addresses}) {
    const uint64_t sent = rig.engine().statistics().opackets;
    set(config);
    EXPECT_EQ(rig.engine().statistics().opackets, sent);  // section 5.4: no packet
    for (int i = 0; i < 100; ++i) {
      rig.run(milliseconds(30));
      EXPECT_TRUE(rig.answer("192.168.1.50"));
    }
    EXPECT_EQ(rig.entry().transitions, 2u);
    ASSERT_FALSE(rig.adverts().empty());
    const proto::Advert last = rig.adverts().back().advert;
    EXPECT_EQ(last.pace, config.pace);
    const proto::Authenticator signer(config.key, 1, config.addresses, config.address_order);
    EXPECT_TRUE(signer.verify(last.counter, last.digest));
  }
}

// I2.2: a port that filters must let the new virtual MAC in; known ones are not told again.
TEST_F(Change, APortIsToldOfANewVirtualMacOnce) {
  rig.engine().set_vhost(carp0(), 0, rig.now(), rig.out());
  EXPECT_TRUE(rig.out().accept.empty());
  rig.engine().set_vhost(vhost("carp1", 9, "192.168.1.60/24"), 0, rig.now(), rig.out());
  ASSERT_EQ(rig.out().accept.size(), 1u);
  EXPECT_EQ(rig.out().accept[0].port, 0);
  EXPECT_EQ(rig.out().accept[0].mac, net::virtual_mac(9));
}

TEST_F(Change, AnAddedAddressIsAnsweredAndAnnounced) {
  auto config = carp0();
  config.addresses.push_back(net::parse_ipv4_prefix("192.168.1.51/24").value());
  EXPECT_FALSE(rig.answer("192.168.1.51"));
  set(config);
  rig.run(milliseconds(5));
  EXPECT_TRUE(rig.answer("192.168.1.51"));
  const auto announced = rig.announcements();
  EXPECT_TRUE(std::any_of(announced.begin(), announced.end(), [](const SentArp& arp) {
    return to_string(arp.address) == "192.168.1.51";
  }));
  set(carp0());
  rig.forget_sent();
  rig.run(milliseconds(5));
  EXPECT_FALSE(rig.answer("192.168.1.51"));
}

TEST_F(Change, NewPaceOfABackupRestartsItsTimer) {
  EngineRig backup(lan_config({carp0()}));
  backup.start();
  backup.run(seconds(2));
  auto config = carp0();
  config.pace = {2, 0};
  backup.engine().set_vhost(config, 0, backup.now(), backup.out());
  EXPECT_EQ(backup.entry().vhost.deadline, backup.now() + seconds(6));
}

// D9: another vhid is another virtual host; the old one says goodbye under its own vhid.
TEST_F(Change, NewVhidBowsOutUnderTheOldOne) {
  auto config = carp0();
  config.vhid = 7;
  set(config);
  rig.run(milliseconds(10));
  ASSERT_EQ(rig.adverts().size(), 1u);
  EXPECT_EQ(rig.adverts()[0].advert.vhid, 1);
  EXPECT_EQ(rig.adverts()[0].advert.pace, proto::kBowOut);
  EXPECT_EQ(rig.adverts()[0].ethernet_source, net::virtual_mac(1));
  EXPECT_EQ(rig.state(), State::backup);
  rig.run(seconds(4));
  EXPECT_EQ(rig.answer("192.168.1.50"), net::virtual_mac(7));
}

TEST_F(Change, RemovedOneBowsOutAndIsSilent) {
  rig.engine().remove_vhost("carp0", rig.now(), rig.out());
  rig.run(milliseconds(10));
  ASSERT_EQ(rig.adverts().size(), 1u);
  EXPECT_EQ(rig.adverts()[0].advert.pace, proto::kBowOut);
  EXPECT_EQ(rig.engine().find_vhost("carp0"), nullptr);
  EXPECT_FALSE(rig.answer("192.168.1.50"));
  EXPECT_EQ(rig.engine().demotion().count(), 0);
  rig.run(seconds(10));
  EXPECT_EQ(rig.sent().size(), 1u);
}

// D11 rule 5: one that comes back goes on above its own goodbye, or peers would refuse it.
TEST_F(Change, CounterGrowsOverRemovalAndReturn) {
  rig.engine().remove_vhost("carp0", rig.now(), rig.out());
  rig.run(milliseconds(10));
  const uint64_t last = rig.adverts().back().advert.counter;
  set(carp0());
  rig.engine().set_operator_state("carp0", State::master, rig.now(), rig.out());
  rig.run(milliseconds(10));
  EXPECT_GT(rig.adverts().back().advert.counter, last);
}

// A virtual host more or less disturbs no other.
TEST_F(Change, OthersGoOnUndisturbed) {
  const proto::Vhost before = rig.entry().vhost;
  rig.engine().set_vhost(vhost("carp1", 2, "192.168.1.51/24"), 0, rig.now(), rig.out());
  rig.pass();
  rig.engine().remove_vhost("carp1", rig.now(), rig.out());
  rig.pass();
  EXPECT_EQ(rig.entry().vhost.deadline, before.deadline);
  EXPECT_EQ(rig.entry().vhost.lease_until, before.lease_until);
  EXPECT_TRUE(rig.serves());
  EXPECT_TRUE(rig.sent().empty());
}

// Leases come back for ever, and no removed one's mastership with them.
TEST_F(Change, VhostsComeAndGoWithoutEnd) {
  for (int i = 0; i < 2 * dataplane::kMaxVhosts; ++i) {
    ASSERT_TRUE(rig.engine().has_room()) << i;
    rig.engine().set_vhost(vhost("carp1", 2, "192.168.1.51/24"), 0, rig.now(), rig.out());
    rig.engine().set_operator_state("carp1", State::master, rig.now(), rig.out());
    rig.engine().remove_vhost("carp1", rig.now(), rig.out());
    rig.pass();
    rig.pass();
  }
  EXPECT_TRUE(rig.serves());
  EXPECT_FALSE(rig.answer("192.168.1.51"));
}

// I5.2: FreeBSD's wording, from log level 2 on.
TEST(Told, ChangesOfStateReadAsInFreeBsd) {
  for (const int level : {1, 2}) {
    Config config = lan_config({carp0()});
    config.sysctl.log = level;
    EngineRig rig(std::move(config));
    rig.start();
    rig.run(seconds(4));
    EXPECT_EQ(rig.logged("carp0: BACKUP -> MASTER (master timed out) vhid=1 interface=lan0 "
                         "demotion=0"),
              level == 2);
    EXPECT_EQ(rig.last_change(), "BACKUP -> MASTER (master timed out)");
  }
}

// I3.4: the last 1,000, with the wall clock's time of each.
TEST(Told, HistoryIsBounded) {
  EngineRig rig(lan_config({carp0()}));
  rig.start();
  for (int i = 0; i < 700; ++i) {
    rig.engine().set_operator_state("carp0", State::master, rig.now(), rig.out());
    rig.run(milliseconds(1));
    rig.engine().set_operator_state("carp0", State::backup, rig.now(), rig.out());
    rig.run(milliseconds(1));
  }
  const auto& entries = rig.engine().history().entries();
  EXPECT_EQ(entries.size(), kHistoryLength);
  for (size_t i = 1; i < entries.size(); ++i)
    EXPECT_EQ(entries[i].unix_us, entries[i - 1].unix_us + 1000);
  EXPECT_EQ(entries.back().unix_us, rig.engine().unix_us(rig.now() - milliseconds(1)));
}

}  // namespace
}  // namespace carp::control
