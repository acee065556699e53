// SPDX-License-Identifier: BSD-3-Clause
//
// What the table of vhost_table_test.cc leaves out: bow outs at the edge of C84, ties, replayed
// counters, waits before preempting, stalls, and each reason not to run.
#include <gtest/gtest.h>

#include <set>

#include "tests/proto/vhost_scene.h"

namespace carp::proto {
namespace {

constexpr TimePoint kNow = kBegin + milliseconds(500);

// 3 * 85 + 254/256 < 255 + 255/256: up to advbase 85 by C73, from 86 on by C72 alone.
TEST(VhostEvents, ABowOutIsFollowedUpToAdvbase85) {
  for (const int advbase : {1, 84, 85, 86, 255})
    for (const int advskew : {0, 254})
      for (const bool preempt : {false, true}) {
        Vhost vhost = backup_vhost({static_cast<uint8_t>(advbase), static_cast<uint8_t>(advskew)});
        const Actions actions =
            on_advert(vhost, {.pace = {255, 255}}, {.now = kNow, .preempt = preempt});
        const Reason expected = advbase <= 85 ? Reason::master_bowed_out
                                : preempt     ? Reason::preempting
                                              : Reason::none;
        EXPECT_EQ(actions.reason, expected) << advbase << '/' << advskew;
      }
}

// D12: with advbase 0, C64's master down time is compared, so bow outs work.
TEST(VhostEvents, ABowOutIsFollowedWithAdvbaseZero) {
  Vhost vhost = backup_vhost({0, 0});
  EXPECT_EQ(on_advert(vhost, {.pace = {255, 255}}, {.now = kNow}).reason, Reason::master_bowed_out);
  // 3 * 64/256 s = 0.75 s = 192/256 s: not late; a shade more is.
  vhost = backup_vhost({0, 64});
  EXPECT_FALSE(on_advert(vhost, {.pace = {0, 192}}, {.now = kNow}).changed);
  EXPECT_EQ(on_advert(vhost, {.pace = {0, 193}}, {.now = kNow}).reason, Reason::master_timed_out);
}

// D3: random 0 to 20 ms, for the next master down time alone.
TEST(VhostEvents, ATieLengthensOneMasterDownTime) {
  for (const int jitter_ms : {0, 20}) {
    Vhost vhost = master_vhost({1, 0});
    const Heard equal{
        .pace = {1, 0}, .from_lower_address = true, .jitter = milliseconds(jitter_ms)};
    EXPECT_TRUE(on_advert(vhost, equal, {.now = kNow}).tie);
    EXPECT_EQ(vhost.deadline, kNow + seconds(3) + milliseconds(jitter_ms));
    EXPECT_FALSE(on_advert(vhost, equal, {.now = kNow}).tie);  // a BACKUP has no tie
    EXPECT_EQ(vhost.deadline, kNow + seconds(3));
  }
}

// C78: the last octet decides first; 9.99.0.200 counts as higher than 10.99.0.1.
TEST(VhostEvents, AddressesAreComparedFromTheLastOctet) {
  EXPECT_TRUE(precedes_on_tie(0x0a630001, 0x096300c8));
  EXPECT_FALSE(precedes_on_tie(0x096300c8, 0x0a630001));
  EXPECT_TRUE(precedes_on_tie(0x09630001, 0x0a630001));
  EXPECT_FALSE(precedes_on_tie(0x0a630001, 0x0a630001));
}

// D4 rule 3: what was read after a stall restarts the timer, but never causes a takeover.
TEST(VhostEvents, WhatIsNotFreshNeverCausesATakeover) {
  for (const Pace pace : {Pace{255, 255}, Pace{1, 200}, Pace{4, 0}, Pace{1, 0}})
    for (const uint8_t byte : {0, 9}) {
      Vhost vhost = backup_vhost({1, 0});
      vhost.openbsd_demotion = true;
      const Heard heard{.pace = pace, .demotion_byte = byte, .is_fresh = false};
      EXPECT_FALSE(on_advert(vhost, heard, {.now = kNow, .preempt = true}).changed);
      EXPECT_EQ(vhost.deadline, kNow + seconds(3));
    }
}

TEST(VhostEvents, WhatIsNotFreshStillMakesAMasterYield) {
  Vhost vhost = master_vhost({1, 100});
  EXPECT_EQ(on_advert(vhost, {.pace = {1, 0}, .is_fresh = false}, {.now = kNow}).reason,
            Reason::better_peer);
}

// D11 rule 1: the winner has to go on from our counter. Who stays, or is BACKUP, says nothing.
TEST(VhostEvents, AMasterYieldsToALowerCounterWithALastWord) {
  for (const bool is_behind : {false, true}) {
    const auto last_word = [&](Vhost vhost, Pace pace, TimePoint now) {
      const Heard heard{.pace = pace, .from_lower_address = true, .is_behind = is_behind};
      return on_advert(vhost, heard, {.now = now, .preempt = true}).last_word;
    };
    EXPECT_EQ(last_word(master_vhost({1, 100}), {1, 0}, kNow), is_behind);
    EXPECT_EQ(last_word(master_vhost({1, 100}), {1, 100}, kNow), is_behind);
    EXPECT_FALSE(last_word(master_vhost({1, 100}), {1, 101}, kNow));
    EXPECT_FALSE(last_word(backup_vhost({1, 100}), {1, 0}, kNow));
    EXPECT_FALSE(last_word(backup_vhost({1, 100}), {1, 101}, kNow));
    // Nothing leaves after a lapsed lease (D4 rule 2).
    EXPECT_FALSE(last_word(master_vhost({1, 100}), {1, 0}, kBegin + milliseconds(2700)));
  }
}

// I2.11: C72 waits from the first slower advertisement on; C73 and the timer do not wait.
TEST(VhostEvents, PreemptDelayHoldsBackPreemptingAlone) {
  Vhost vhost = backup_vhost({1, 0});
  Circumstances at{.now = kNow, .preempt = true, .preempt_delay = seconds(2)};
  const Heard slower{.pace = {1, 100}};
  EXPECT_FALSE(on_advert(vhost, slower, at).changed);
  at.now = kNow + seconds(2) - microseconds(1);
  EXPECT_FALSE(on_advert(vhost, slower, at).changed);
  EXPECT_EQ(vhost.deadline, at.now + seconds(3));
  Vhost third = vhost;
  EXPECT_EQ(on_advert(third, {.pace = {255, 255}}, at).reason, Reason::master_bowed_out);
  third = vhost;
  EXPECT_EQ(on_advert(third, {.pace = {3, 1}}, at).reason, Reason::master_timed_out);
  at.now = kNow + seconds(2);
  EXPECT_EQ(on_advert(vhost, slower, at).reason, Reason::preempting);

  vhost = backup_vhost({1, 0});
  at.now = vhost.deadline;
  EXPECT_EQ(on_timer(vhost, at).reason, Reason::master_timed_out);
}

TEST(VhostEvents, ABetterMasterInBetweenStartsThePreemptDelayAnew) {
  Circumstances at{.now = kNow, .preempt = true, .preempt_delay = seconds(2)};
  Vhost vhost = backup_vhost({1, 50});
  EXPECT_FALSE(on_advert(vhost, {.pace = {1, 100}}, at).changed);
  at.now += seconds(1);
  EXPECT_FALSE(on_advert(vhost, {.pace = {1, 0}}, at).changed);
  at.now += seconds(1);
  EXPECT_FALSE(on_advert(vhost, {.pace = {1, 100}}, at).changed);
  at.now += seconds(2);
  EXPECT_EQ(on_advert(vhost, {.pace = {1, 100}}, at).reason, Reason::preempting);
}

// The wait of an earlier time as BACKUP is over with it.
TEST(VhostEvents, APreemptDelayDoesNotOutliveTheState) {
  Circumstances at{.now = kNow, .preempt = true, .preempt_delay = seconds(2)};
  Vhost vhost = backup_vhost({1, 0});
  EXPECT_FALSE(on_advert(vhost, {.pace = {1, 100}}, at).changed);
  EXPECT_TRUE(on_operator_state(vhost, State::master, at).changed);
  EXPECT_TRUE(on_operator_state(vhost, State::backup, at).changed);
  at.now += seconds(2);
  EXPECT_FALSE(on_advert(vhost, {.pace = {1, 100}}, at).changed);
}

// D9, D4 rule 4: a MASTER says goodbye but for a dead link; nobody else does.
TEST(VhostEvents, EveryReasonNotToRunEndsInInit) {
  struct Row {
    Reason reason;
    bool bow_out;
  };
  for (const Row& row :
       {Row{Reason::admin_down, true}, Row{Reason::no_address, true},
        Row{Reason::not_allowed, true}, Row{Reason::worker_stall, true}, Row{Reason::held, true},
        Row{Reason::stopped, true}, Row{Reason::link_down, false}}) {
    SCOPED_TRACE(to_string(row.reason));
    for (const bool is_master : {false, true}) {
      Vhost vhost = is_master ? master_vhost({1, 0}) : backup_vhost({1, 0});
      const Actions actions = on_conditions(vhost, row.reason, {.now = kNow});
      EXPECT_EQ(vhost.state, State::init);
      EXPECT_EQ(actions.reason, row.reason);
      EXPECT_EQ(actions.bow_out, is_master && row.bow_out);
      EXPECT_FALSE(actions.advertise);
      EXPECT_EQ(next_deadline(vhost), kNever);
      EXPECT_FALSE(on_conditions(vhost, row.reason, {.now = kNow}).changed);
    }
  }
}

// D4 rule 3: a BACKUP waits as much longer as nobody listened; a MASTER's lease runs on.
TEST(VhostEvents, AGapMovesTheMasterDownTimeAlone) {
  Vhost backup = backup_vhost({1, 0});
  on_gap(backup, milliseconds(1500), kBegin + seconds(2));
  EXPECT_EQ(backup.deadline, kBegin + milliseconds(4500));
  Vhost master = master_vhost({1, 0});
  on_gap(master, milliseconds(1500), kNow);
  EXPECT_EQ(master.deadline, kBegin + seconds(1));
  EXPECT_EQ(master.lease_until, kBegin + milliseconds(2700));
  Vhost init = init_vhost({1, 0});
  on_gap(init, milliseconds(1500), kNow);
  EXPECT_EQ(next_deadline(init), kNever);
}

// What began in the gap waits for a whole master down time from its end, not for the gap as well.
// Simulator, seed 19172.
TEST(VhostEvents, AGapCountsFromWhereTheWaitBegan) {
  Vhost backup = backup_vhost({1, 0}, kNow - milliseconds(500));
  on_gap(backup, seconds(5), kNow);
  EXPECT_EQ(backup.deadline, kNow + seconds(3));
}

// `show` and the log tell people apart by these.
TEST(VhostEvents, EveryReasonHasATextOfItsOwn) {
  std::set<std::string_view> texts;
  constexpr int kReasons = static_cast<int>(Reason::stopped) + 1;
  for (int reason = 0; reason < kReasons; ++reason)
    texts.insert(to_string(Reason{static_cast<uint8_t>(reason)}));
  EXPECT_EQ(texts.size(), kReasons);
  EXPECT_FALSE(texts.contains("?"));
}

}  // namespace
}  // namespace carp::proto
