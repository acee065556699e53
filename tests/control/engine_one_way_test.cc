// SPDX-License-Identifier: BSD-3-Clause
//
// A peer that is heard and does not hear us, as `show peers` says it (I3.4): a worse MASTER yields
// to a better one that it hears (C71).
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using proto::VhostConfig;
using std::chrono::seconds;

[[nodiscard]] VhostConfig carp0() { return vhost("carp0", 1, "192.168.1.50/24"); }

// What is said of the only peer.
[[nodiscard]] std::string note(EngineRig& rig) {
  const auto& peers = rig.engine().peers().all();
  if (peers.size() != 1 || !peers[0].accepted) return "not one that is accepted";
  return peers[0].note;
}

class OneWay : public testing::Test {
 protected:
  // Notes of so many advertisements of the peer, one a second, ours being sent in between.
  [[nodiscard]] std::vector<bool> unheard(EngineRig& rig, int count, proto::Pace pace) {
    std::vector<bool> result;
    for (int i = 0; i < count; ++i) {
      rig.hear(peer.advert(pace));
      result.push_back(note(rig).starts_with("does not hear us: a one-way link"));
      rig.run(seconds(1));
    }
    return result;
  }
  [[nodiscard]] static EngineRig master(bool filter_prunes = false) {
    VhostConfig config = carp0();
    config.pace = {1, 0};
    EngineRig rig(lan_config({config}), 3, filter_prunes);
    rig.start();
    rig.run(seconds(4));
    EXPECT_TRUE(rig.is_master());
    return rig;
  }

  Neighbour peer{carp0()};
};

TEST_F(OneWay, IsTheLinkToAWorseMasterThatGoesOn) {
  EngineRig rig = master();
  EXPECT_EQ(unheard(rig, 5, {1, 100}), (std::vector{false, false, false, true, true}));
  EXPECT_EQ(note(rig), "does not hear us: a one-way link, or it refuses ours");
  EXPECT_TRUE(rig.is_master());
}

TEST_F(OneWay, IsForgottenByOneThatFellSilent) {
  EngineRig rig = master();
  EXPECT_FALSE(unheard(rig, 2, {1, 100}).back());
  rig.run(seconds(3));
  EXPECT_EQ(unheard(rig, 4, {1, 100}), (std::vector{false, false, false, true}));
}

TEST_F(OneWay, IsNoBetterMasterAndNoBowOut) {
  EngineRig rig = master();
  for (int i = 0; i < 6; ++i) {
    rig.hear(peer.bow_out());
    rig.run(seconds(1));
    EXPECT_EQ(note(rig), "");
  }
  VhostConfig backup = carp0();
  backup.pace = {1, 200};
  EngineRig worse(lan_config({backup}));
  worse.start();
  EXPECT_EQ(unheard(worse, 5, {1, 100}), std::vector(5, false));
}

TEST_F(OneWay, MayBeACardThatPrunes) {
  EngineRig rig = master(true);
  EXPECT_TRUE(unheard(rig, 5, {1, 100}).back());
  EXPECT_EQ(note(rig),
            "does not hear us: a one-way link, or it refuses ours, or its card prunes as "
            "ours would: mac_filter = off there");
}

}  // namespace
}  // namespace carp::control
