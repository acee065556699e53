// SPDX-License-Identifier: BSD-3-Clause
//
// D4 where sending and listening come late: what a confirmation renews, and whom to believe after
// nobody listened.
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using proto::State;
using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] proto::VhostConfig carp0() { return vhost("carp0", 1, "192.168.1.50/24", {1, 100}); }

// Lets the next advertisement leave the engine, but not its port: nobody says what became of it.
[[nodiscard]] SendToken send_without_word(EngineRig& rig) {
  const TimePoint due = rig.entry().vhost.deadline;
  rig.run(due - rig.now() - milliseconds(1));
  rig.set_time(due);
  Outbox kept;
  rig.engine().begin_pass(due, kept);
  rig.engine().on_poll(0, due);
  rig.engine().advance(due, kept);
  EXPECT_EQ(kept.frames.size(), 1u);
  return kept.frames.empty() ? 0 : kept.frames[0].token;
}

// Rule 1: what was sent says until when, not when its port gets round to saying so.
TEST(Lease, IsRenewedFromTheTimeOfSendingHoweverLateThatIsConfirmed) {
  EngineRig rig(lan_config({carp0()}));
  rig.start();
  rig.run(seconds(10));
  ASSERT_TRUE(rig.is_master());
  const SendToken token = send_without_word(rig);
  const TimePoint sent_at = rig.now();
  rig.run(milliseconds(300));
  rig.engine().on_transmitted(token, Transmitted::ok, rig.now(), rig.out());
  EXPECT_EQ(rig.entry().vhost.lease_until, sent_at + milliseconds(2700));
}

// Of a mastership that is over, and of one that came after it: neither is what was sent.
TEST(Lease, IsNotRenewedByAnAdvertisementOfAnEarlierMastership) {
  for (const State now_is : {State::backup, State::master}) {
    EngineRig rig(lan_config({carp0()}));
    rig.start();
    rig.run(seconds(10));
    ASSERT_TRUE(rig.is_master());
    const SendToken token = send_without_word(rig);
    rig.engine().set_operator_state("carp0", State::backup, rig.now(), rig.out());
    rig.run(milliseconds(10));
    rig.engine().set_operator_state("carp0", now_is, rig.now(), rig.out());
    rig.run(milliseconds(10));
    ASSERT_EQ(rig.state(), now_is);
    const TimePoint before = rig.entry().vhost.lease_until;
    rig.engine().on_transmitted(token, Transmitted::ok, rig.now(), rig.out());
    EXPECT_EQ(rig.entry().vhost.lease_until, before);
    EXPECT_TRUE(rig.out().leases.empty());
  }
}

// Rule 3: control ran rarely, so the workers are not to blame, but what they hand over now may have
// waited all the time: for 100 ms nobody is taken over from because of it.
TEST(Listening, FramesReadAfterALongSilenceCauseNoTakeover) {
  for (const auto later : {milliseconds(0), milliseconds(99), milliseconds(100)}) {
    Config config = lan_config({carp0()});
    config.sysctl.preempt = true;
    EngineRig rig(std::move(config));
    Neighbour neighbour(carp0());
    rig.start();
    rig.hear(neighbour.advert({1, 0}));
    rig.pass();
    rig.workers_poll = false;
    for (int i = 0; i < 3; ++i) rig.stall(milliseconds(400));
    rig.workers_poll = true;
    rig.pass();
    rig.run(later);
    rig.hear(neighbour.advert({1, 200}));
    EXPECT_EQ(rig.state(), later < milliseconds(100) ? State::backup : State::master);
  }
}

}  // namespace
}  // namespace carp::control
