// SPDX-License-Identifier: BSD-3-Clause
//
// The state machine against a table written by hand: every state, every event, preempt on and off,
// demoted and not. The virtual host has advbase 1, advskew 100, so by C60 to C62 its interval is
// 1.390625 s (demoted, at 240: 1.937500 s), its master down time 3.390625 s, its lease 2.7 s.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/proto/vhost_scene.h"

namespace carp::proto {
namespace {

enum class In { init, backup, master, lapsed };  // lapsed: MASTER whose lease is over (D4 rule 2)
constexpr In kStates[] = {In::init, In::backup, In::master, In::lapsed};

enum class When {
  may_run,
  admin_down,
  link_down,
  timer,
  state_master,
  state_backup,
  slower_pace_set,  // 2/0
  faster_pace_set,  // 0/64
  demotion_changed,
  better_heard,
  equal_heard_from_lower,
  equal_heard_from_higher,
  worse_heard,
  too_slow_heard,  // to keep us from timing out (C73)
  bow_out_heard,
  sent,       // half a second after the takeover, and confirmed now
  announced,  // the workers have the table of a new MASTER (D22)
  gap,        // nobody listened for half a second
};
constexpr int kEvents = static_cast<int>(When::gap) + 1;

using Is = std::optional<bool>;  // nullopt: whether or not
constexpr Is kEither = std::nullopt;
constexpr Is kOn = true;
constexpr Is kOff = false;

struct Row {
  const char* clause;
  In in;
  When when;
  Is preempt;
  Is demoted;
  std::string outcome;
};

const std::string kStays = "stays";
const std::string kWaitsAnew = "stays timer=3390625";
const std::string kTakesOver = " advertise announce timer=1390625 lease=2700000";  // C81
const std::string kPreempts = "MASTER (preempting a slower master)" + kTakesOver;
const std::string kTimesOut = "MASTER (master timed out)" + kTakesOver;
const std::string kYields =
    "BACKUP (more frequent advertisement received) timer=3390625 lease=never";
const std::string kStalls = "BACKUP (stalled) timer=3390625 lease=never";

const std::vector<Row> kInitRows = {
    {"C80 D5", In::init, When::may_run, kEither, kEither, "BACKUP (started) timer=3390625"},
    {"5.4", In::init, When::admin_down, kEither, kEither, kStays},
    {"5.4", In::init, When::link_down, kEither, kEither, kStays},
    {"5.4", In::init, When::timer, kEither, kEither, kStays},
    {"I3.3", In::init, When::state_master, kEither, kEither, kStays},
    {"I3.3", In::init, When::state_backup, kEither, kEither, kStays},
    {"5.4", In::init, When::slower_pace_set, kEither, kEither, kStays},
    {"5.4", In::init, When::faster_pace_set, kEither, kEither, kStays},
    {"5.4", In::init, When::demotion_changed, kEither, kEither, kStays},
    {"C76", In::init, When::better_heard, kEither, kEither, kStays},
    {"C76", In::init, When::equal_heard_from_lower, kEither, kEither, kStays},
    {"C76", In::init, When::equal_heard_from_higher, kEither, kEither, kStays},
    {"C76", In::init, When::worse_heard, kEither, kEither, kStays},
    {"C76", In::init, When::too_slow_heard, kEither, kEither, kStays},
    {"C76", In::init, When::bow_out_heard, kEither, kEither, kStays},
    {"D4", In::init, When::sent, kEither, kEither, kStays},
    {"D22", In::init, When::announced, kEither, kEither, kStays},
    {"D4", In::init, When::gap, kEither, kEither, kStays},
};

const std::vector<Row> kBackupRows = {
    {"5.4", In::backup, When::may_run, kEither, kEither, kStays},
    {"C83", In::backup, When::admin_down, kEither, kEither,
     "INIT (administratively down) timer=never"},
    {"C87", In::backup, When::link_down, kEither, kEither, "INIT (link down) timer=never"},
    {"C81", In::backup, When::timer, kEither, kEither, kTimesOut},
    {"I3.3", In::backup, When::state_master, kEither, kEither,
     "MASTER (forced by the operator)" + kTakesOver},
    {"I3.3", In::backup, When::state_backup, kEither, kEither, kStays},
    {"C61 5.4", In::backup, When::slower_pace_set, kEither, kEither, "stays timer=6000000"},
    {"C64 5.4", In::backup, When::faster_pace_set, kEither, kOff, "stays timer=750000"},
    {"D12 5.4", In::backup, When::faster_pace_set, kEither, kOn, "stays timer=2812500"},
    {"5.4", In::backup, When::demotion_changed, kEither, kEither, kStays},
    {"C74", In::backup, When::better_heard, kEither, kEither, kWaitsAnew},
    {"C72 C74", In::backup, When::equal_heard_from_lower, kEither, kEither, kWaitsAnew},
    {"C72 C74", In::backup, When::equal_heard_from_higher, kEither, kEither, kWaitsAnew},
    {"C74", In::backup, When::worse_heard, kOff, kEither, kWaitsAnew},
    {"C72 C75", In::backup, When::worse_heard, kOn, kEither, kPreempts},
    {"C73", In::backup, When::too_slow_heard, kOff, kEither, kTimesOut},
    {"C72", In::backup, When::too_slow_heard, kOn, kEither, kPreempts},
    {"C84", In::backup, When::bow_out_heard, kEither, kEither,
     "MASTER (master bowed out)" + kTakesOver},
    // Of a mastership that is over: who is BACKUP has no lease and says nothing.
    {"D4", In::backup, When::sent, kEither, kEither, kStays},
    {"D22", In::backup, When::announced, kEither, kEither, kStays},
    {"D4", In::backup, When::gap, kEither, kEither, kWaitsAnew},
};

// Half a second after the takeover: the next advertisement was due in 0.890625 s.
const std::vector<Row> kMasterRows = {
    {"5.4", In::master, When::may_run, kEither, kEither, kStays},
    {"C83 D9", In::master, When::admin_down, kEither, kEither,
     "INIT (administratively down) bow_out timer=never lease=never"},
    {"C87", In::master, When::link_down, kEither, kEither,
     "INIT (link down) timer=never lease=never"},
    {"C60", In::master, When::timer, kEither, kOff, "stays advertise timer=1390625"},
    {"C60 C85", In::master, When::timer, kEither, kOn, "stays advertise timer=1937500"},
    {"I3.3", In::master, When::state_master, kEither, kEither, kStays},
    {"C82 D9", In::master, When::state_backup, kEither, kEither,
     "BACKUP (forced by the operator) bow_out timer=3390625 lease=never"},
    // No packet; and never later than it was due, or the lease could lapse before (D4 rule 1).
    {"5.4 D4", In::master, When::slower_pace_set, kEither, kEither, kStays},
    {"5.4", In::master, When::faster_pace_set, kEither, kOff, "stays timer=250000"},
    {"5.4 C85", In::master, When::faster_pace_set, kEither, kOn, kStays},
    {"C86 D10", In::master, When::demotion_changed, kEither, kEither, "stays timer=0"},
    {"C71 C82", In::master, When::better_heard, kEither, kEither, kYields},
    {"D3", In::master, When::equal_heard_from_lower, kEither, kEither,
     "BACKUP (equal advertisement from a lower address received) tie timer=3397625 lease=never"},
    {"D3", In::master, When::equal_heard_from_higher, kEither, kEither, "stays reannounce tie"},
    {"C71 I2.10", In::master, When::worse_heard, kEither, kEither, "stays reannounce"},
    {"C71 I2.10", In::master, When::too_slow_heard, kEither, kEither, "stays reannounce"},
    {"5.4 I2.10", In::master, When::bow_out_heard, kEither, kEither, "stays reannounce"},
    {"D4", In::master, When::sent, kEither, kEither, "stays lease=2700000"},
    {"C81 D21", In::master, When::announced, kEither, kEither, "stays timer=1390625"},
    {"D4", In::master, When::gap, kEither, kEither, kStays},
};

// Whatever happens first finds the lease over; nothing is sent any more (D4 rule 2).
const std::vector<Row> kLapsedRows = {
    {"5.4", In::lapsed, When::may_run, kEither, kEither, kStays},
    {"D9", In::lapsed, When::admin_down, kEither, kEither,
     "INIT (administratively down) timer=never lease=never"},
    {"C87", In::lapsed, When::link_down, kEither, kEither,
     "INIT (link down) timer=never lease=never"},
    {"D4", In::lapsed, When::timer, kEither, kEither, kStalls},
    {"D4", In::lapsed, When::state_master, kEither, kEither, kStalls},
    {"D4", In::lapsed, When::state_backup, kEither, kEither, kStalls},
    {"D4", In::lapsed, When::slower_pace_set, kEither, kEither, kStays},
    {"D4", In::lapsed, When::faster_pace_set, kEither, kEither, kStays},
    {"D4", In::lapsed, When::demotion_changed, kEither, kEither, kStays},
    {"D4", In::lapsed, When::better_heard, kEither, kEither, kStalls},
    {"D4", In::lapsed, When::equal_heard_from_lower, kEither, kEither, kStalls},
    {"D4", In::lapsed, When::equal_heard_from_higher, kEither, kEither, kStalls},
    {"D4", In::lapsed, When::worse_heard, kEither, kEither, kStalls},
    {"D4", In::lapsed, When::too_slow_heard, kEither, kEither, kStalls},
    {"D4", In::lapsed, When::bow_out_heard, kEither, kEither, kStalls},
    // Sent while it still ran, and no peer has waited since: 0.5 s + 2.7 s - 2.7 s are left.
    {"D4", In::lapsed, When::sent, kEither, kEither, "stays lease=500000"},
    {"C81 D21", In::lapsed, When::announced, kEither, kEither, "stays timer=1390625"},
    {"D4", In::lapsed, When::gap, kEither, kEither, kStays},
};

// What is heard, against 1/100, or 1/240 while demoted (C75, C85).
[[nodiscard]] Pace pace_heard(When when, bool demoted) {
  switch (when) {
    case When::better_heard: return demoted ? Pace{1, 239} : Pace{1, 99};
    case When::worse_heard: return demoted ? Pace{1, 241} : Pace{1, 101};
    case When::too_slow_heard: return demoted ? Pace{3, 241} : Pace{3, 101};
    case When::bow_out_heard: return {255, 255};
    default: return demoted ? Pace{1, 240} : Pace{1, 100};
  }
}

[[nodiscard]] Actions happen(Vhost& vhost, When when, const Circumstances& at) {
  switch (when) {
    case When::may_run: return on_conditions(vhost, Reason::none, at);
    case When::admin_down: return on_conditions(vhost, Reason::admin_down, at);
    case When::link_down: return on_conditions(vhost, Reason::link_down, at);
    case When::timer: return on_timer(vhost, at);
    case When::state_master: return on_operator_state(vhost, State::master, at);
    case When::state_backup: return on_operator_state(vhost, State::backup, at);
    case When::slower_pace_set: on_pace(vhost, {2, 0}, at); return {};
    case When::faster_pace_set: on_pace(vhost, {0, 64}, at); return {};
    case When::demotion_changed: on_demotion(vhost, at.now, at.demoted); return {};
    case When::sent:
      on_sent(vhost, effective_pace(vhost, at.demoted), kBegin + milliseconds(500));
      return {};
    case When::announced: on_announced(vhost, at.now); return {};
    case When::gap: on_gap(vhost, milliseconds(500), at.now); return {};
    default: break;
  }
  return on_advert(vhost,
                   {.pace = pace_heard(when, at.demoted),
                    .from_lower_address = when == When::equal_heard_from_lower,
                    .jitter = milliseconds(7)},
                   at);
}

[[nodiscard]] std::string outcome_of(In in, When when, bool preempt, bool demoted) {
  const Pace pace{1, 100};
  Vhost vhost = in == In::init     ? init_vhost(pace)
                : in == In::backup ? backup_vhost(pace)
                                   : master_vhost(pace, kBegin, demoted);
  TimePoint now = kBegin + milliseconds(500);
  if (when == When::timer && in != In::init) now = next_deadline(vhost);
  if (in == In::lapsed) now = kBegin + milliseconds(2700);
  const Vhost before = vhost;
  const Actions actions = happen(vhost, when, {.now = now, .preempt = preempt, .demoted = demoted});
  return described(before, vhost, actions, now);
}

[[nodiscard]] std::vector<const Row*> rows_for(In in, When when, bool preempt, bool demoted) {
  std::vector<const Row*> found;
  for (const auto* rows : {&kInitRows, &kBackupRows, &kMasterRows, &kLapsedRows})
    for (const Row& row : *rows)
      if (row.in == in && row.when == when && row.preempt.value_or(preempt) == preempt &&
          row.demoted.value_or(demoted) == demoted)
        found.push_back(&row);
  return found;
}

TEST(VhostTable, EveryStateAndEventHasTheOutcomeOfItsRow) {
  for (const In in : kStates)
    for (int event = 0; event < kEvents; ++event)
      for (const bool preempt : {false, true})
        for (const bool demoted : {false, true}) {
          const When when{event};
          SCOPED_TRACE("state " + std::to_string(static_cast<int>(in)) + " event " +
                       std::to_string(event) + (preempt ? " preempt" : "") +
                       (demoted ? " demoted" : ""));
          const auto rows = rows_for(in, when, preempt, demoted);
          ASSERT_EQ(rows.size(), 1U) << "each combination has exactly one row";
          EXPECT_EQ(outcome_of(in, when, preempt, demoted), rows[0]->outcome) << rows[0]->clause;
        }
}

}  // namespace
}  // namespace carp::proto
