// SPDX-License-Identifier: BSD-3-Clause
//
// Many virtual hosts: what they have to say at once leaves in turns, what changes at once is one
// table, and a table made of the last one is the same as one built anew.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using proto::Duration;
using proto::State;
using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr unsigned kMany = 255;

// carp1 to carp255, each with an address of its own.
[[nodiscard]] Config many() {
  std::vector<proto::VhostConfig> vhosts;
  for (unsigned vhid = 1; vhid <= kMany; ++vhid)
    vhosts.push_back(vhost("carp" + std::to_string(vhid), static_cast<uint8_t>(vhid),
                           "192.168.2." + std::to_string(vhid) + "/24"));
  return lan_config(std::move(vhosts));
}

[[nodiscard]] size_t masters(EngineRig& rig) {
  size_t count = 0;
  for (const auto& entry : rig.engine().vhosts()) count += entry->is_master() ? 1U : 0U;
  return count;
}

// A failover of everything: nobody else is heard, so all time out in one moment.
TEST(Many, ChangesInOneMomentAreOneTable) {
  EngineRig rig(many());
  rig.start();
  rig.run(seconds(2));
  const size_t before = rig.published().size();
  rig.run(seconds(2));
  ASSERT_EQ(masters(rig), kMany);
  EXPECT_EQ(rig.published().size(), before + 1);
  rig.set_link(0, false);
  rig.pass();
  EXPECT_EQ(masters(rig), 0u);
  EXPECT_EQ(rig.published().size(), before + 2);
}

// D22: all get their turn, none before the workers have the table, and again an interval later.
TEST(Many, SpeakInTurns) {
  EngineRig rig(many());
  rig.start();
  rig.run(seconds(10));
  ASSERT_EQ(masters(rig), kMany);
  std::map<TimePoint, size_t> passes;
  std::map<uint8_t, std::vector<TimePoint>> by_vhid;
  for (const SentAdvert& sent : rig.adverts()) {
    ++passes[sent.at];
    by_vhid[sent.advert.vhid].push_back(sent.at);
  }
  for (const auto& [at, count] : passes) EXPECT_LE(count, kSpeakersAPass);
  ASSERT_EQ(by_vhid.size(), kMany);
  for (const auto& [vhid, times] : by_vhid) {
    EXPECT_GE(times.front(), rig.published().back().at);
    ASSERT_EQ(times.size(), 7u) << int{vhid};
    for (size_t i = 1; i < times.size(); ++i) EXPECT_EQ(times[i] - times[i - 1], seconds(1));
  }
}

// C126, D19: the first gratuitous ARP leaves after the last first advertisement.
TEST(Many, AnnounceAfterAllHaveSpoken) {
  EngineRig rig(many());
  rig.start();
  rig.run(seconds(4));
  ASSERT_FALSE(rig.announcements().empty());
  const TimePoint first = rig.announcements().front().at;
  std::set<uint8_t> spoke;
  for (const SentAdvert& sent : rig.adverts())
    if (sent.at <= first) spoke.insert(sent.advert.vhid);
  EXPECT_EQ(spoke.size(), kMany);
}

// D9: more goodbyes than a pass has room for, of virtual hosts that are gone already.
TEST(Many, SayGoodbyeInTurns) {
  EngineRig rig(many());
  rig.start();
  rig.run(seconds(5));
  rig.forget_sent();
  for (unsigned vhid = 1; vhid <= kMany; ++vhid)
    rig.engine().remove_vhost("carp" + std::to_string(vhid), rig.now(), rig.out());
  rig.run(milliseconds(20));
  std::set<uint8_t> gone;
  for (const SentAdvert& sent : rig.adverts())
    if (sent.advert.pace == proto::kBowOut) gone.insert(sent.advert.vhid);
  EXPECT_EQ(gone.size(), kMany);
  EXPECT_EQ(rig.adverts().size(), kMany);
}

// While it waits for its turn it has stopped being MASTER: it says nothing, least of all twice.
TEST(Many, WhoIsNoLongerMasterLosesHisTurn) {
  EngineRig rig(many());
  rig.start();
  while (masters(rig) == 0) rig.run(milliseconds(1));
  rig.forget_sent();
  rig.run(milliseconds(1));  // the first of them speak
  const auto spoken = rig.adverts().size();
  ASSERT_EQ(spoken, kSpeakersAPass);
  Neighbour neighbour{vhost("carp255", 255, "192.168.2.255/24")};
  rig.hear(neighbour.advert({0, 1}));
  ASSERT_EQ(rig.state("carp255"), State::backup);
  rig.run(milliseconds(100));
  for (const SentAdvert& sent : rig.adverts()) EXPECT_NE(sent.advert.vhid, 255);
}

// What a worker would answer to each of some clients, for each address.
[[nodiscard]] std::vector<std::optional<net::MacAddress>> answers(const EngineRig& rig) {
  std::vector<std::optional<net::MacAddress>> answers;
  for (unsigned address = 1; address <= 8; ++address)
    for (unsigned client = 200; client < 204; ++client)
      answers.push_back(rig.answer("192.168.1." + std::to_string(50 + address),
                                   "192.168.1." + std::to_string(client)));
  return answers;
}

class Tables : public testing::TestWithParam<bool> {
 protected:
  // Some addresses have one virtual host, some share.
  [[nodiscard]] static Config config() {
    std::vector<proto::VhostConfig> vhosts;
    for (unsigned vhid = 1; vhid <= 6; ++vhid) {
      auto one = vhost("carp" + std::to_string(vhid), static_cast<uint8_t>(vhid),
                       "192.168.1." + std::to_string(50 + vhid) + "/24");
      const unsigned second = vhid % 2 == 0 ? 57 : 58;
      if (vhid > 2)
        one.addresses.push_back(
            net::parse_ipv4_prefix("192.168.1." + std::to_string(second) + "/24").value());
      vhosts.push_back(one);
    }
    Config config = lan_config(std::move(vhosts));
    config.sysctl.arpbalance = GetParam();
    return config;
  }
};

// A change of arpbalance builds the table from nothing, even where it is taken back at once; it
// must answer as the one before did.
TEST_P(Tables, AreTheSameWhetherMadeOfTheLastOrBuiltAnew) {
  EngineRig rig(config());
  rig.start();
  std::mt19937 random(7);
  for (int step = 0; step < 400; ++step) {
    const std::string name = "carp" + std::to_string(1 + random() % 6);
    if (random() % 4 == 0) {
      auto changed = rig.entry(name).config;
      changed.up = random() % 2 == 0;
      rig.engine().set_vhost(changed, 0, rig.now(), rig.out());
    } else {
      rig.engine().set_operator_state(name, random() % 2 == 0 ? State::master : State::backup,
                                      rig.now(), rig.out());
    }
    rig.run(milliseconds(random() % 3000));
    rig.run(milliseconds(1));
    const auto before = answers(rig);
    Sysctl sysctl = rig.engine().config().sysctl;
    for (const bool arpbalance : {!GetParam(), GetParam()}) {
      sysctl.arpbalance = arpbalance;
      rig.engine().set_sysctl(sysctl, rig.now(), rig.out());
    }
    rig.run(milliseconds(1));
    ASSERT_EQ(answers(rig), before) << "step " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(Balance, Tables, testing::Bool());

}  // namespace
}  // namespace carp::control
