// SPDX-License-Identifier: BSD-3-Clause
//
// Deadlines and leases of a MASTER (D4 rules 1 and 2, C60, C81, C127), and what becomes of them
// when sending is late, fails, or the pace is set anew.
#include <gtest/gtest.h>

#include <vector>

#include "tests/proto/vhost_scene.h"

namespace carp::proto {
namespace {

TEST(VhostLease, CountsFromTheDecisionAndIsRenewedFromTheTimeOfSending) {
  Vhost vhost = master_vhost({2, 10});
  EXPECT_EQ(vhost.lease_until, kBegin + microseconds(5'400'000));
  on_sent(vhost, {2, 10}, kBegin + milliseconds(3));
  EXPECT_EQ(vhost.lease_until, kBegin + milliseconds(5'403));
}

// A failed send tells nothing to on_sent: the deadline moves on, the lease does not.
TEST(VhostLease, SendingThatFailsEndsInBackupWithoutAPacket) {
  Vhost vhost = master_vhost({1, 0});
  EXPECT_TRUE(on_timer(vhost, {.now = kBegin + seconds(1)}).advertise);
  EXPECT_TRUE(on_timer(vhost, {.now = kBegin + seconds(2)}).advertise);
  EXPECT_EQ(next_deadline(vhost), kBegin + milliseconds(2700));

  const Vhost before = vhost;
  const TimePoint now = kBegin + milliseconds(2700);
  const Actions actions = on_timer(vhost, {.now = now});
  EXPECT_EQ(described(before, vhost, actions, now), "BACKUP (stalled) timer=3000000 lease=never");
}

TEST(VhostLease, OneMicrosecondBeforeItsEndTheMasterStillSends) {
  Vhost vhost = master_vhost({1, 0});
  EXPECT_TRUE(on_timer(vhost, {.now = kBegin + microseconds(2'699'999)}).advertise);
  EXPECT_EQ(vhost.state, State::master);
}

// C64, D12: 1/256 s between advertisements; three of them are master down, 2.7 the lease.
TEST(VhostLease, AdvbaseZeroCountsIn256ths) {
  Vhost vhost = backup_vhost({0, 0});
  EXPECT_EQ(vhost.deadline, kBegin + microseconds(11'718));
  vhost = master_vhost({0, 0});
  EXPECT_EQ(vhost.deadline, kBegin + microseconds(3'906));
  EXPECT_EQ(vhost.lease_until, kBegin + microseconds(10'546));
  vhost = master_vhost({0, 64});
  EXPECT_EQ(vhost.deadline, kBegin + microseconds(250'000));
  EXPECT_EQ(vhost.lease_until, kBegin + microseconds(675'000));
}

// C81: the first gap is that of the configured advskew, the lease that of the advertised 240.
TEST(VhostLease, TakingOverWhileDemotedTheFirstGapIsTheConfiguredOne) {
  Vhost vhost = master_vhost({0, 64}, kBegin, true);
  EXPECT_EQ(vhost.deadline, kBegin + microseconds(250'000));
  EXPECT_EQ(vhost.lease_until, kBegin + microseconds(2'531'250));
  on_announced(vhost, kBegin + milliseconds(5));
  EXPECT_EQ(vhost.deadline, kBegin + microseconds(255'000));
  static_cast<void>(on_timer(vhost, {.now = vhost.deadline, .demoted = true}));
  EXPECT_EQ(vhost.deadline, kBegin + microseconds(255'000 + 937'500));
}

// The first advertisement waits for the workers (D22). Who has yielded meanwhile announces nothing.
TEST(VhostLease, AnAnnouncementMovesNoTimerOfABackup) {
  Vhost vhost = backup_vhost({1, 0});
  on_announced(vhost, kBegin + milliseconds(5));
  EXPECT_EQ(vhost.deadline, kBegin + seconds(3));
  vhost = init_vhost({1, 0});
  on_announced(vhost, kBegin);
  EXPECT_EQ(next_deadline(vhost), kNever);
}

// "As just sent": what was sent last decides, also where that is the shorter lease. Peers that have
// the new advbase too would take over while our workers still answer.
TEST(VhostLease, ALowerPaceShortensItWithTheNextAdvertisement) {
  Vhost vhost = master_vhost({10, 0});
  on_pace(vhost, {1, 0}, {.now = kBegin + seconds(1)});
  EXPECT_EQ(vhost.lease_until, kBegin + seconds(27));
  static_cast<void>(on_timer(vhost, {.now = kBegin + seconds(2)}));
  on_sent(vhost, {1, 0}, kBegin + seconds(2));
  EXPECT_EQ(vhost.lease_until, kBegin + milliseconds(4'700));
}

// Who leaves MASTER is told until when its workers were allowed to act: a bow out that is not out
// by then would turn the switch back from a successor.
TEST(VhostLease, IsHandedOverWithTheMastershipThatEnded) {
  Vhost vhost = master_vhost({1, 0});
  on_sent(vhost, {1, 0}, kBegin + seconds(1));
  const Circumstances at{.now = kBegin + seconds(2)};
  const TimePoint end = kBegin + milliseconds(3'700);
  Vhost other = vhost;
  EXPECT_EQ(on_conditions(other, Reason::admin_down, at).lease_until, end);
  other = vhost;
  EXPECT_EQ(on_operator_state(other, State::backup, at).lease_until, end);
  EXPECT_EQ(on_advert(vhost, {.pace = {0, 9}}, at).lease_until, end);
}

TEST(VhostLease, OnlyAMasterHasOne) {
  Vhost vhost = backup_vhost({1, 0});
  on_sent(vhost, {1, 0}, kBegin);
  EXPECT_EQ(vhost.lease_until, kNever);
}

// Peers heard the old pace last, and the lease was given by it: any new pace is told before it
// ends.
TEST(VhostLease, NoPaceSetAnewLetsItLapse) {
  for (const Pace before : {Pace{1, 0}, Pace{0, 0}, Pace{0, 254}, Pace{1, 254}, Pace{5, 7}})
    for (const Pace after : {Pace{1, 254}, Pace{0, 0}, Pace{10, 0}, Pace{255, 254}})
      for (const bool demoted : {false, true}) {
        Vhost vhost = master_vhost(before, kBegin, demoted);
        const TimePoint just_before = vhost.deadline - microseconds(1);
        on_pace(vhost, after, {.now = just_before, .demoted = demoted});
        EXPECT_LT(vhost.deadline, vhost.lease_until);
        EXPECT_GE(vhost.deadline, just_before);  // no packet at once
        EXPECT_TRUE(on_timer(vhost, {.now = vhost.deadline, .demoted = demoted}).advertise);
      }
}

// D21: after a late call the next one is due a whole interval from now, without catching up.
TEST(VhostLease, ALateTimerCausesNoBurst) {
  Vhost vhost = master_vhost({1, 0});
  const TimePoint late = kBegin + milliseconds(2'500);
  EXPECT_TRUE(on_timer(vhost, {.now = late}).advertise);
  EXPECT_EQ(vhost.deadline, late + seconds(1));
}

// C127, D19: with the takeover, with the second advertisement after it, and never again.
TEST(VhostLease, GratuitousArpIsRepeatedWithTheSecondAdvertisement) {
  Vhost vhost = backup_vhost({1, 0});
  for (int takeover = 0; takeover < 2; ++takeover) {
    EXPECT_TRUE(on_timer(vhost, {.now = vhost.deadline}).announce);
    std::vector<bool> announced;
    for (int advert = 0; advert < 5; ++advert) {
      const TimePoint now = vhost.deadline;
      announced.push_back(on_timer(vhost, {.now = now}).announce);
      on_sent(vhost, {1, 0}, now);
    }
    EXPECT_EQ(announced, (std::vector<bool>{false, true, false, false, false}));
    static_cast<void>(on_operator_state(vhost, State::backup, {.now = vhost.deadline}));
  }
}

// However long it lasts: nothing in it wraps round.
TEST(VhostLease, GratuitousArpIsNotRepeatedInALongMastership) {
  Vhost vhost = master_vhost({1, 0});
  int announced = 0;
  for (int advert = 0; advert < 70'000; ++advert) {
    const TimePoint now = vhost.deadline;
    announced += on_timer(vhost, {.now = now}).announce;
    on_sent(vhost, {1, 0}, now);
  }
  EXPECT_EQ(vhost.state, State::master);
  EXPECT_EQ(announced, 1);
}

// D10: at once, but not before 100 ms after the last; and a MASTER that is due sooner stays so.
TEST(VhostLease, ADemotionIsToldNoSoonerThanAllowed) {
  Vhost vhost = master_vhost({1, 0});
  on_demotion(vhost, kBegin + milliseconds(70), false);
  EXPECT_EQ(vhost.deadline, kBegin + milliseconds(70));
  on_demotion(vhost, kBegin + milliseconds(90), false);
  EXPECT_EQ(vhost.deadline, kBegin + milliseconds(70));
}

}  // namespace
}  // namespace carp::proto
