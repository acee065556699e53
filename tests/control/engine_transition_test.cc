// SPDX-License-Identifier: BSD-3-Clause
//
// A group whose hosts get another password or address list one after the other (I2.13): with a
// transition never two of them serve, and never none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/proto/key.h"
#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"
#include "tests/control/segment.h"
#include "tests/support/frames.h"

namespace carp::control {
namespace {

using proto::State;
using proto::TimePoint;
using proto::VhostConfig;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kTransition(20);
constexpr const char* kOld = "192.168.1.50";
constexpr const char* kAdded = "192.168.1.51";

[[nodiscard]] VhostConfig old_set(uint8_t advskew = 0) {
  VhostConfig config = vhost("carp0", 1, "192.168.1.50/24", {1, advskew});
  config.key = proto::key_from_pass("old");
  return config;
}

[[nodiscard]] VhostConfig new_set(uint8_t advskew = 0) {
  VhostConfig config = old_set(advskew);
  config.key = proto::key_from_pass("new");
  config.addresses.push_back(net::parse_ipv4_prefix("192.168.1.51/24").value());
  return config;
}

[[nodiscard]] Config host_config(const char* own, const VhostConfig& vhost, seconds transition) {
  Config config = lan_config({vhost});
  config.interfaces[0].addresses = {{support::ip(own), 24}};
  config.global.transition = transition;
  return config;
}

void set(EngineRig& rig, const VhostConfig& config) {
  rig.engine().set_vhost(config, 0, rig.now(), rig.out());
  rig.pass();
}

// A MASTER and a BACKUP, long since.
class Transition : public testing::TestWithParam<bool> {
 protected:
  explicit Transition(seconds transition = kTransition)
      : master(host_config("192.168.1.3", old_set(0), transition), 3),
        backup(host_config("192.168.1.4", old_set(100), transition), 4),
        segment({&master, &backup}) {
    segment.start();
    segment.run(seconds(5));
    segment.after_each = [this] { look(); };
  }
  // Who would answer clients at this moment, by address.
  void look() {
    const int old_answers = answers(kOld);
    most_old = std::max(most_old, old_answers);
    least_old = std::min(least_old, old_answers);
    most_added = std::max(most_added, answers(kAdded));
  }
  [[nodiscard]] int answers(const char* address) const {
    return int{master.answer(address).has_value()} + int{backup.answer(address).has_value()};
  }

  EngineRig master;
  EngineRig backup;
  Segment segment;
  int most_old = 1;
  int least_old = 1;
  int most_added = 0;
};

// The true parameter: the BACKUP is changed first.
TEST_P(Transition, HostByHostNeitherTwoAnswerNorNone) {
  const bool backup_first = GetParam();
  set(backup_first ? backup : master, new_set(backup_first ? 100 : 0));
  segment.run(seconds(15));
  EXPECT_EQ(answers(kAdded), 0);
  set(backup_first ? master : backup, new_set(backup_first ? 0 : 100));
  segment.run(seconds(60));
  EXPECT_EQ(most_old, 1);
  EXPECT_EQ(least_old, 1);
  EXPECT_EQ(most_added, 1);
  EXPECT_EQ(answers(kAdded), 1);
  EXPECT_EQ(master.entry().transitions, 2u);
  EXPECT_EQ(backup.entry().transitions, 1u);
  for (const EngineRig* rig : {&master, &backup}) {
    EXPECT_FALSE(rig->entry().sets.is_waiting());
    EXPECT_FALSE(rig->entry().sets.has_previous());
  }
  EXPECT_EQ(backup.engine().statistics().badauth, 0u);
}
INSTANTIATE_TEST_SUITE_P(Order, Transition, testing::Bool());

class InTransition : public Transition {};

// The time is for the slowest administrator; the last host to be changed ends it for all.
TEST_F(InTransition, WhoHearsTheNewSetSaysItAtOnce) {
  set(backup, new_set(100));
  segment.run(seconds(1));
  Neighbour changed(new_set(), "192.168.1.9");
  backup.receive(0, changed.advert({1, 0}));
  segment.run(milliseconds(10));
  EXPECT_TRUE(
      backup.logged("carp0: event=transition says the new password and addresses "
                    "(192.168.1.9 says it), accepts the old ones for 20 s"));
  EXPECT_FALSE(backup.entry().sets.is_waiting());
}

TEST_F(InTransition, OldOneIsForgottenInTheEnd) {
  set(master, new_set());
  segment.run(kTransition + milliseconds(10));
  EXPECT_TRUE(master.logged("says the new password and addresses (its time has come)"));
  Neighbour unchanged(old_set(), "192.168.1.9");
  const auto refused = [&] {
    const uint64_t before = master.engine().statistics().badauth;
    master.receive(0, unchanged.advert({1, 200}));
    segment.run(milliseconds(10));
    return master.engine().statistics().badauth - before;
  };
  EXPECT_EQ(refused(), 0u);
  segment.run(kTransition);
  EXPECT_EQ(refused(), 1u);
  EXPECT_TRUE(master.logged("event=transition over"));
}

// A forger who repeats a word of the new set that was heard before does not move us twice.
TEST_F(InTransition, RefusedWordOfTheNewSetMovesNobody) {
  Neighbour changed(new_set(), "192.168.1.9");
  const net::Frame frame = changed.advert({1, 200});
  set(master, new_set());
  segment.run(seconds(1));
  master.receive(0, frame);
  segment.run(milliseconds(10));
  ASSERT_FALSE(master.entry().sets.is_waiting());
  set(master, old_set());
  set(master, new_set());
  segment.run(milliseconds(10));
  master.receive(0, frame);
  segment.run(milliseconds(10));
  EXPECT_EQ(master.engine().statistics().replay, 1u);
}

TEST_F(InTransition, ChangedBackBeforeItWasSaidIsAsIfNothingHadBeen) {
  set(master, new_set());
  segment.run(seconds(3));
  set(master, old_set());
  segment.run(seconds(60));
  EXPECT_TRUE(master.logged("taken back before it was said"));
  EXPECT_EQ(answers(kAdded), 0);
  EXPECT_EQ(master.entry().transitions, 2u);
  EXPECT_EQ(backup.engine().statistics().badauth, 0u);
}

// Deleted or added, clients hear of an address when it is served, not when it was typed.
TEST_F(InTransition, GratuitousArpFollowsTheAnswers) {
  segment.run(seconds(5));
  master.forget_sent();
  set(master, new_set());
  segment.run(seconds(10));
  EXPECT_TRUE(master.announcements().empty());
  segment.run(seconds(12));
  const auto told = master.announcements();
  EXPECT_TRUE(std::ranges::any_of(
      told, [](const auto& arp) { return arp.address == support::ip(kAdded); }));
}

// The rest of a change does not wait.
TEST_F(InTransition, PaceAndUpAreTakenAtOnce) {
  VhostConfig config = new_set();
  config.pace = {2, 7};
  set(master, config);
  segment.run(seconds(3));
  EXPECT_EQ(master.adverts().back().advert.pace, config.pace);
  config.up = false;
  set(master, config);
  segment.run(milliseconds(100));
  EXPECT_EQ(master.state(), State::init);
  EXPECT_TRUE(backup.is_master());  // it heard the bow out, under the old set
}

class NoTransition : public Transition {
 protected:
  NoTransition() : Transition(seconds(0)) {}
};

// FreeBSD's way, and the default: at once, so until both are changed there are two masters.
TEST_F(NoTransition, TwoAnswerUntilBothAreChanged) {
  set(master, new_set());
  segment.run(milliseconds(10));
  EXPECT_EQ(answers(kAdded), 1);
  segment.run(seconds(10));
  EXPECT_EQ(segment.masters(), 2);
  EXPECT_EQ(most_old, 2);
  set(backup, new_set(100));
  segment.run(seconds(10));
  EXPECT_EQ(segment.masters(), 1);
}

}  // namespace
}  // namespace carp::control
