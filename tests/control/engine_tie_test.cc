// SPDX-License-Identifier: BSD-3-Clause
//
// Equal masters (D3), and two hosts with one own address (D11 rule 6): one of them remains, soon.
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"
#include "tests/control/segment.h"
#include "tests/support/frames.h"

namespace carp::control {
namespace {

using proto::Duration;
using proto::State;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

[[nodiscard]] proto::VhostConfig carp0() { return vhost("carp0", 1, "10.0.0.50/8", {1, 100}); }

[[nodiscard]] Config host_config(const char* own) {
  Config config = lan_config({carp0()});
  config.interfaces[0].addresses = {{support::ip(own), 8}};
  return config;
}

// C78's order: the last octet first. 10.9.0.1 precedes 10.1.0.200.
TEST(Tie, LowerAddressStaysWhoeverIsWho) {
  const char* lower = "10.9.0.1";
  const char* higher = "10.1.0.200";
  for (const bool we_are_lower : {false, true}) {
    EngineRig rig(host_config(we_are_lower ? lower : higher));
    Neighbour neighbour(carp0(), we_are_lower ? higher : lower);
    rig.start();
    rig.run(seconds(4));
    ASSERT_TRUE(rig.is_master());
    rig.hear(neighbour.advert({1, 100}));
    rig.run(milliseconds(20));
    EXPECT_EQ(rig.is_master(), we_are_lower);
    EXPECT_TRUE(rig.logged("advertises with our advbase and advskew"));
    if (we_are_lower) continue;
    EXPECT_EQ(rig.last_change(),
              "MASTER -> BACKUP (equal advertisement from a lower address received)");
    const Duration wait = rig.entry().vhost.deadline - rig.entry().since;
    EXPECT_GE(wait, proto::master_down_time({1, 100}));
    EXPECT_LE(wait, proto::master_down_time({1, 100}) + milliseconds(20));
  }
}

TEST(Tie, IsLoggedOnceAMinuteAndNotWhileDemoted) {
  EngineRig rig(host_config("10.0.0.1"));
  Neighbour neighbour(carp0(), "10.0.0.2");
  rig.start();
  rig.run(seconds(4));
  const auto lines = [&] {
    return std::count_if(rig.log().begin(), rig.log().end(), [](const LogLine& line) {
      return line.text.find("advertises with our") != std::string::npos;
    });
  };
  for (int second = 0; second < 90; ++second) {
    rig.hear(neighbour.advert({1, 100}));
    rig.run(seconds(1));
  }
  EXPECT_EQ(lines(), 2);
  rig.engine().adjust_demotion(1, rig.now(), rig.out());
  for (int second = 0; second < 90; ++second) {
    rig.hear(neighbour.advert({1, 240}));
    rig.run(seconds(1));
  }
  EXPECT_EQ(lines(), 2);
}

// Both become MASTER in the same instant, cut off from each other, and meet.
class TieBetweenTwo : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(TieBetweenTwo, EndsInOneMaster) {
  EngineRig one(host_config(GetParam().first), 3);
  EngineRig two(host_config(GetParam().second), 4);
  Segment segment({&one, &two});
  bool apart = true;
  segment.is_lost = [&](const auto&, const auto&, const auto&) { return apart; };
  segment.start();
  segment.run(seconds(10));
  ASSERT_EQ(segment.masters(), 2);
  apart = false;
  segment.run(seconds(10));
  EXPECT_EQ(segment.masters(), 1);
  const uint64_t changes = one.entry().transitions + two.entry().transitions;
  segment.run(minutes(5));
  EXPECT_EQ(segment.masters(), 1);
  EXPECT_EQ(one.entry().transitions + two.entry().transitions, changes);
}

// The last pair are clones: one own address on two hosts.
INSTANTIATE_TEST_SUITE_P(Addresses, TieBetweenTwo,
                         testing::Values(std::pair("10.0.0.1", "10.0.0.2"),
                                         std::pair("10.0.0.2", "10.0.0.1"),
                                         std::pair("10.9.0.1", "10.1.0.200"),
                                         std::pair("10.0.0.1", "10.0.0.1")));

// Both take over in the same millisecond, by clocks that agree, and sign the same pair: each takes
// the other's word for its own come back. A word more parts them, not the next advertisement.
TEST(Tie, TwoThatHearOneBowOutPartAtOnce) {
  Config slower = host_config("10.0.0.2");
  slower.vhosts[0].pace = {1, 150};
  EngineRig one(host_config("10.0.0.1"), 3);
  EngineRig two(slower, 4);
  Segment segment({&one, &two});
  Neighbour master(carp0(), "10.0.0.9");
  segment.start();
  const auto all_hear = [&](const net::Frame& frame) {
    for (EngineRig* rig : {&one, &two}) rig->receive(0, frame);
    segment.run(milliseconds(1));
  };
  all_hear(master.advert({1, 0}));
  segment.run(seconds(1));
  all_hear(master.bow_out());
  ASSERT_EQ(segment.masters(), 2);
  segment.run(milliseconds(50));
  EXPECT_GT(one.engine().statistics().loop, 0u);
  EXPECT_TRUE(one.is_master());
  EXPECT_FALSE(two.is_master());
}

// A reflecting switch does not make us speak more than twice as often.
TEST(Tie, ARealLoopIsAnsweredOnceInHalfAnInterval) {
  EngineRig rig(host_config("10.0.0.1"));
  rig.start();
  rig.run(seconds(4));
  rig.forget_sent();
  for (int ms = 0; ms < 10'000; ++ms) {
    for (const SentFrame& frame : rig.take_outgoing()) rig.receive(frame.port, frame.bytes);
    rig.run(milliseconds(1));
  }
  EXPECT_GE(rig.adverts().size(), 8u);
  EXPECT_LE(rig.adverts().size(), 16u);
}

// D3's jitter: a BSD peer yields whatever the address, so both are BACKUP; it parts us.
TEST(Tie, WaitsDifferAfterATie) {
  std::set<Duration> waits;
  for (uint8_t host = 1; host <= 20; ++host) {
    EngineRig rig(host_config("10.0.0.2"), host);
    Neighbour neighbour(carp0(), "10.0.0.1");
    rig.start();
    rig.run(seconds(4));
    rig.hear(neighbour.advert({1, 100}));
    rig.pass();
    waits.insert(rig.entry().vhost.deadline - rig.entry().since);
  }
  EXPECT_GT(waits.size(), 10u);
}

// D11 rule 6: an error in the log, a note in `show peers`, and part in the election.
TEST(Tie, DuplicateOwnAddressIsSaidAndYields) {
  EngineRig rig(host_config("10.0.0.1"));
  Neighbour clone(carp0(), "10.0.0.1");
  rig.start();
  rig.run(seconds(4));
  ASSERT_TRUE(rig.is_master());
  rig.hear(clone.advert({1, 200}));
  rig.pass();
  EXPECT_TRUE(rig.is_master());
  EXPECT_TRUE(rig.logged("interface=lan0 address=10.0.0.1 event=duplicate_own_address"));
  ASSERT_EQ(rig.engine().peers().all().size(), 1u);
  EXPECT_EQ(rig.engine().peers().all()[0].note, "uses our own address");
  EXPECT_TRUE(rig.engine().peers().all()[0].accepted);
  rig.hear(clone.advert({1, 100}));
  rig.pass();
  EXPECT_EQ(rig.state(), State::backup);
}

}  // namespace
}  // namespace carp::control
