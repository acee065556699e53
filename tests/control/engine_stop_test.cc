// SPDX-License-Identifier: BSD-3-Clause
//
// D4 between two appliances, of which one stops for a while: never do two answer, and in the end
// there is one MASTER.
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/control/segment.h"

namespace carp::control {
namespace {

using proto::Duration;
using proto::Pace;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] Config config_of(Pace pace, std::string_view own_address) {
  Config config = lan_config({vhost("carp0", 1, "192.168.1.50/24", pace)});
  config.interfaces = {interface_config("lan0", own_address)};
  return config;
}

// Its control stops; its workers go on answering, by table and lease.
class Stop : public testing::TestWithParam<Duration> {
 protected:
  Stop() {
    segment.after_each = [this] { both_served += one.serves() && two.serves() ? 1 : 0; };
    segment.start();
    segment.run(seconds(10));
  }
  void stop(const EngineRig& rig) {
    segment.stopped = &rig;
    segment.run(GetParam());
    segment.stopped = nullptr;
    segment.run(seconds(15));
  }

  EngineRig one{config_of({1, 0}, "192.168.1.3/24"), 3};
  EngineRig two{config_of({1, 100}, "192.168.1.4/24"), 4};
  Segment segment{{&one, &two}};
  int both_served = 0;  // milliseconds
};

TEST_P(Stop, OfTheMasterNeverMakesTwoAnswer) {
  ASSERT_TRUE(one.is_master());
  const uint64_t before = one.entry().transitions + two.entry().transitions;
  stop(one);
  EXPECT_EQ(both_served, 0);
  EXPECT_EQ(segment.masters(), 1);
  const bool within_lease = GetParam() < milliseconds(1600);
  if (within_lease) {
    EXPECT_EQ(one.entry().transitions + two.entry().transitions, before);
    return;
  }
  const auto& history = one.engine().history().entries();
  EXPECT_TRUE(std::any_of(history.begin(), history.end(), [](const HistoryEntry& entry) {
    return entry.reason == proto::Reason::stalled;
  }));
  for (const SentAdvert& sent : one.adverts()) EXPECT_NE(sent.advert.pace, proto::kBowOut);
}

TEST_P(Stop, OfTheBackupChangesNothing) {
  ASSERT_TRUE(one.is_master());
  const uint64_t before = one.entry().transitions + two.entry().transitions;
  stop(two);
  EXPECT_EQ(both_served, 0);
  EXPECT_TRUE(one.is_master());
  EXPECT_EQ(one.entry().transitions + two.entry().transitions, before);
}

INSTANTIATE_TEST_SUITE_P(Durations, Stop,
                         testing::Values(milliseconds(1500), milliseconds(2900), seconds(10)));

}  // namespace
}  // namespace carp::control
