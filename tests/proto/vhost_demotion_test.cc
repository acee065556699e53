// SPDX-License-Identifier: BSD-3-Clause
//
// OpenBSD's demotion byte (C77, D10): MASTER and BACKUP that look at it, against a table written by
// hand. We have advbase 1, advskew 100 and demotion 5.
#include <gtest/gtest.h>

#include <string>

#include "tests/proto/vhost_scene.h"

namespace carp::proto {
namespace {

constexpr Pace kBetter{1, 99};
constexpr Pace kEqual{1, 100};
constexpr Pace kWorse{1, 101};
constexpr uint8_t kOwn = 5;
constexpr uint8_t kLess = 4;
constexpr uint8_t kMore = 6;

const std::string kWaitsAnew = "stays timer=3390625";
const std::string kTakesOver = " advertise announce timer=1390625 lease=2700000";
const std::string kPreempts = "MASTER (preempting a slower master)" + kTakesOver;
const std::string kRelieves = "MASTER (master is demoted)" + kTakesOver;
const std::string kFollows = "MASTER (master bowed out)" + kTakesOver;
const std::string kKeeps = "stays reannounce";
const std::string kYields =
    "BACKUP (more frequent advertisement received) timer=3390625 lease=never";
const std::string kYieldsToEqual =
    "BACKUP (equal advertisement from a lower address received) tie timer=3390625 lease=never";

struct Row {
  uint8_t peer;
  Pace pace;
  std::string backup, preempting_backup, master_above_peer, master_below_peer;
};

// C77: BACKUP preempts only a peer as demoted as itself or more, and relieves a more demoted one
// whatever its pace; MASTER yields to any less demoted one. D3 for ties. A bow out ends the peer's
// claim: nobody yields to it (5.4), and a BACKUP follows by C73.
const Row kRows[] = {
    {kLess, kBetter, kWaitsAnew, kWaitsAnew, kYields, kYields},
    {kLess, kEqual, kWaitsAnew, kWaitsAnew, kYields, kYields},
    {kLess, kWorse, kWaitsAnew, kWaitsAnew, kYields, kYields},
    {kLess, kBowOut, kFollows, kFollows, kKeeps, kKeeps},
    {kOwn, kBetter, kWaitsAnew, kWaitsAnew, kYields, kYields},
    {kOwn, kEqual, kWaitsAnew, kWaitsAnew, kYieldsToEqual, "stays reannounce tie"},
    {kOwn, kWorse, kWaitsAnew, kPreempts, kKeeps, kKeeps},
    {kOwn, kBowOut, kFollows, kFollows, kKeeps, kKeeps},
    {kMore, kBetter, kRelieves, kRelieves, kKeeps, kKeeps},
    {kMore, kEqual, kRelieves, kRelieves, kKeeps, kKeeps},
    {kMore, kWorse, kRelieves, kPreempts, kKeeps, kKeeps},
    {kMore, kBowOut, kFollows, kFollows, kKeeps, kKeeps},
};

[[nodiscard]] std::string hear(Vhost vhost, const Row& row, bool preempt, bool from_lower,
                               bool openbsd_demotion = true) {
  vhost.openbsd_demotion = openbsd_demotion;
  const Vhost before = vhost;
  const Circumstances at{
      .now = kBegin + milliseconds(500), .preempt = preempt, .demotion_byte = kOwn};
  const Actions actions = on_advert(
      vhost, {.pace = row.pace, .demotion_byte = row.peer, .from_lower_address = from_lower}, at);
  return described(before, vhost, actions, at.now);
}

TEST(VhostDemotion, EveryByteAndPaceHasTheOutcomeOfItsRow) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(&row - kRows);
    EXPECT_EQ(hear(backup_vhost({1, 100}), row, false, true), row.backup);
    EXPECT_EQ(hear(backup_vhost({1, 100}), row, true, true), row.preempting_backup);
    for (const bool preempt : {false, true}) {
      EXPECT_EQ(hear(master_vhost({1, 100}), row, preempt, true), row.master_above_peer);
      EXPECT_EQ(hear(master_vhost({1, 100}), row, preempt, false), row.master_below_peer);
    }
  }
}

// Off by default: between our own hosts it would hand over without preempt (D10).
TEST(VhostDemotion, TheByteIsNothingWhereItIsNotAskedFor) {
  const Row less{kLess, kWorse, {}, {}, {}, {}};
  const Row more{kMore, kBetter, {}, {}, {}, {}};
  EXPECT_EQ(hear(master_vhost({1, 100}), less, false, false, false), kKeeps);
  EXPECT_EQ(hear(backup_vhost({1, 100}), more, false, false, false), kWaitsAnew);
}

}  // namespace
}  // namespace carp::proto
