// SPDX-License-Identifier: BSD-3-Clause
//
// Sub-second groups (C64, D12): a host that is demoted must not time out between two
// advertisements of the master that it has to put up with. Found by the simulator (seed 9138).
#include <gtest/gtest.h>

#include "tests/proto/vhost_scene.h"

namespace carp::proto {
namespace {

constexpr Pace kOwn{0, 34};      // 3 * 34/256 s: 398 ms
constexpr Pace kMaster{0, 128};  // every 500 ms

TEST(SubSecond, DemotedHostWaitsAsOneOfItsEffectiveSkew) {
  Vhost vhost = backup_vhost(kOwn);
  const Circumstances at{.now = kBegin, .demoted = true};
  EXPECT_FALSE(on_advert(vhost, {.pace = kMaster}, at).changed);
  EXPECT_EQ(vhost.deadline, kBegin + microseconds(2'812'500));  // 3 * 240/256 s
}

// From where the wait began, in both directions and however often it is told.
TEST(SubSecond, DemotionThatComesOrGoesStretchesTheWait) {
  Vhost vhost = backup_vhost(kOwn);
  for (const bool demoted : {true, true, false, false}) {
    on_demotion(vhost, kBegin + seconds(9), demoted);
    EXPECT_EQ(vhost.deadline, kBegin + microseconds(demoted ? 2'812'500 : 398'437));
  }
}

TEST(SubSecond, HostThatIsNotDemotedTakesOverFromAMasterItWouldTimeOut) {
  Vhost vhost = backup_vhost(kOwn);
  const Actions actions = on_advert(vhost, {.pace = kMaster}, {.now = kBegin});
  EXPECT_EQ(vhost.state, State::master);  // C73
  EXPECT_EQ(actions.reason, Reason::master_timed_out);
}

// C61: with whole seconds the configured advskew counts, demoted or not.
TEST(WholeSeconds, DemotedHostWaitsByItsConfiguredSkew) {
  Vhost vhost = backup_vhost({1, 34});
  const Circumstances at{.now = kBegin, .demoted = true};
  EXPECT_FALSE(on_advert(vhost, {.pace = {1, 128}}, at).changed);
  EXPECT_EQ(vhost.deadline, kBegin + microseconds(3'132'812));
}

}  // namespace
}  // namespace carp::proto
