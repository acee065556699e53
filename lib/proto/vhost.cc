// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/vhost.h"

#include <utility>

#include "lib/proto/demotion.h"

namespace carp::proto {
namespace {

// The second advertisement after a takeover repeats gratuitous ARP (C127, D19).
constexpr uint8_t kAdvertsToAnnounce = 2;

[[nodiscard]] Actions change(Vhost& vhost, State to, Reason reason) noexcept {
  Actions actions;
  actions.changed = true;
  actions.from = vhost.state;
  actions.reason = reason;
  actions.lease_until = vhost.lease_until;
  vhost.state = to;
  vhost.preempt_from = kNever;
  vhost.lease_until = kNever;
  return actions;
}

// C61: by the configured advskew. With advbase 0 that may be less than the master's interval, which
// a host that is demoted has to put up with: it waits as one of its effective advskew (D12).
[[nodiscard]] Duration patience_of(const Vhost& vhost, bool demoted) noexcept {
  return master_down_time(vhost.pace.advbase == 0 ? effective_pace(vhost, demoted) : vhost.pace);
}

void restart_master_down(Vhost& vhost, const Circumstances& at) noexcept {
  vhost.patience = patience_of(vhost, at.demoted);
  vhost.deadline = at.now + vhost.patience + vhost.tie_jitter;
  vhost.tie_jitter = Duration{0};
}

// C81. The first gap is that of the configured advskew; the lease counts from this decision (D4).
[[nodiscard]] Actions become_master(Vhost& vhost, Reason reason, const Circumstances& at) noexcept {
  Actions actions = change(vhost, State::master, reason);
  actions.advertise = true;
  actions.announce = true;
  vhost.deadline = at.now + advert_interval(vhost.pace);
  vhost.lease_until = at.now + lease_time(effective_pace(vhost, at.demoted));
  vhost.adverts_to_announce = kAdvertsToAnnounce;
  return actions;
}

// C82: no packet is sent.
[[nodiscard]] Actions become_backup(Vhost& vhost, Reason reason, const Circumstances& at) noexcept {
  Actions actions = change(vhost, State::backup, reason);
  restart_master_down(vhost, at);
  return actions;
}

[[nodiscard]] bool lease_lapsed(const Vhost& vhost, TimePoint now) noexcept {
  return vhost.state == State::master && now >= vhost.lease_until;
}

// Own demotion byte and the peer's, both 0 where this virtual host does not look at them (C77).
struct Bytes {
  uint8_t own = 0;
  uint8_t peer = 0;
};

[[nodiscard]] Bytes demotion_bytes(const Vhost& vhost, const Heard& heard,
                                   const Circumstances& at) noexcept {
  if (!vhost.openbsd_demotion) return {};
  return {at.demotion_byte, heard.demotion_byte};
}

[[nodiscard]] Actions yield(Vhost& vhost, Reason reason, const Heard& heard,
                            const Circumstances& at) {
  Actions actions = become_backup(vhost, reason, at);
  actions.last_word = heard.is_behind;
  return actions;
}

// C71, D3, C77.
[[nodiscard]] Actions master_hears(Vhost& vhost, const Heard& heard, const Circumstances& at) {
  const Duration mine = election_time(effective_pace(vhost, at.demoted));
  const Duration theirs = election_time(heard.pace);
  const Bytes demotion = demotion_bytes(vhost, heard, at);

  // Who says goodbye takes over from nobody, however little demoted (section 5.4).
  const bool leaves = heard.pace == kBowOut;
  if (!leaves && demotion.peer < demotion.own) return yield(vhost, Reason::better_peer, heard, at);
  const bool equally_demoted = demotion.peer == demotion.own;
  if (equally_demoted && theirs < mine) return yield(vhost, Reason::better_peer, heard, at);

  // Of two equal masters the one with the lower address stays, or they would trade places for
  // ever; the jitter parts us from a peer that yields whatever the address (D3).
  const bool tie = equally_demoted && theirs == mine;
  if (tie && heard.from_lower_address) {
    vhost.tie_jitter = heard.jitter;
    Actions actions = yield(vhost, Reason::tie, heard, at);
    actions.tie = true;
    return actions;
  }
  Actions actions;
  actions.tie = tie;
  actions.reannounce = true;
  return actions;
}

// C72 with preempt_delay: from the first slower advertisement on, the wait runs.
[[nodiscard]] bool may_preempt(Vhost& vhost, bool slower, const Circumstances& at) noexcept {
  if (!at.preempt || !slower) {
    vhost.preempt_from = kNever;
    return false;
  }
  if (vhost.preempt_from == kNever) vhost.preempt_from = at.now + at.preempt_delay;
  return at.now >= vhost.preempt_from;
}

// C72 to C74, C77.
[[nodiscard]] Actions backup_hears(Vhost& vhost, const Heard& heard, const Circumstances& at) {
  const Pace mine = effective_pace(vhost, at.demoted);
  const Duration theirs = election_time(heard.pace);
  const Bytes demotion = demotion_bytes(vhost, heard, at);

  const bool slower = election_time(mine) < theirs && demotion.peer >= demotion.own;
  const bool preempts = may_preempt(vhost, slower, at);
  if (heard.is_fresh) {
    // C73 before C72: it needs no preempt, and a bow out is worth its own reason.
    if (heard.pace == kBowOut && master_down_time(mine) < theirs)
      return become_master(vhost, Reason::master_bowed_out, at);
    if (preempts) return become_master(vhost, Reason::preempting, at);
    if (demotion.peer > demotion.own) return become_master(vhost, Reason::demoted_master, at);
    if (master_down_time(mine) < theirs) return become_master(vhost, Reason::master_timed_out, at);
  }
  restart_master_down(vhost, at);
  return {};
}

}  // namespace

Pace effective_pace(const Vhost& vhost, bool demoted) noexcept {
  return {vhost.pace.advbase, effective_skew(vhost.pace.advskew, demoted)};
}

bool precedes_on_tie(uint32_t peer, uint32_t own) noexcept {
  return __builtin_bswap32(peer) < __builtin_bswap32(own);
}

TimePoint next_deadline(const Vhost& vhost) noexcept {
  return std::min(vhost.deadline, vhost.lease_until);
}

Actions on_advert(Vhost& vhost, const Heard& heard, const Circumstances& at) {
  if (lease_lapsed(vhost, at.now)) return become_backup(vhost, Reason::stalled, at);
  switch (vhost.state) {
    case State::init: return {};  // C76
    case State::backup: return backup_hears(vhost, heard, at);
    case State::master: return master_hears(vhost, heard, at);
  }
  return {};
}

Actions on_timer(Vhost& vhost, const Circumstances& at) {
  if (lease_lapsed(vhost, at.now)) return become_backup(vhost, Reason::stalled, at);
  if (vhost.state == State::backup) return become_master(vhost, Reason::master_timed_out, at);
  Actions actions;
  if (vhost.state != State::master) return actions;
  // From now, not from the old deadline: a late control thread sends no burst (D21).
  vhost.deadline = at.now + advert_interval(effective_pace(vhost, at.demoted));
  actions.advertise = true;
  if (vhost.adverts_to_announce > 0) actions.announce = --vhost.adverts_to_announce == 0;
  return actions;
}

Actions on_conditions(Vhost& vhost, Reason why_not, const Circumstances& at) {
  if (why_not == Reason::none) {
    // With preempt on, too, we listen first and preempt on the first slower advertisement (D5).
    if (vhost.state == State::init) return become_backup(vhost, Reason::started, at);
    return {};
  }
  if (vhost.state == State::init) return {};
  // Nothing leaves a dead link (C87), and after a lapsed lease we are no master (D4 rule 2).
  const bool says_goodbye =
      vhost.state == State::master && why_not != Reason::link_down && !lease_lapsed(vhost, at.now);
  Actions actions = change(vhost, State::init, why_not);
  actions.bow_out = says_goodbye;
  vhost.deadline = kNever;
  return actions;
}

Actions on_operator_state(Vhost& vhost, State wanted, const Circumstances& at, Reason why) {
  if (lease_lapsed(vhost, at.now)) return become_backup(vhost, Reason::stalled, at);
  if (vhost.state == State::backup && wanted == State::master) return become_master(vhost, why, at);
  if (vhost.state == State::master && wanted == State::backup) {
    Actions actions = become_backup(vhost, why, at);
    actions.bow_out = true;  // D9
    return actions;
  }
  return {};
}

void on_demotion(Vhost& vhost, TimePoint not_before, bool demoted) noexcept {
  if (vhost.state == State::master) vhost.deadline = std::min(vhost.deadline, not_before);
  if (vhost.state != State::backup) return;
  const Duration before = std::exchange(vhost.patience, patience_of(vhost, demoted));
  vhost.deadline += vhost.patience - before;
}

void on_pace(Vhost& vhost, Pace pace, const Circumstances& at) {
  vhost.pace = pace;
  if (vhost.state == State::backup) restart_master_down(vhost, at);
  if (vhost.state == State::master) {
    const Duration interval = advert_interval(effective_pace(vhost, at.demoted));
    vhost.deadline = std::min(vhost.deadline, at.now + interval);
  }
}

void on_sent(Vhost& vhost, Pace pace, TimePoint sent_at) noexcept {
  if (vhost.state != State::master) return;
  vhost.lease_until = sent_at + lease_time(pace);
}

void on_announced(Vhost& vhost, TimePoint now) noexcept {
  if (vhost.state != State::master) return;
  vhost.deadline = now + advert_interval(vhost.pace);
}

void on_gap(Vhost& vhost, Duration gap, TimePoint now) noexcept {
  if (vhost.state != State::backup) return;
  vhost.deadline = std::min(vhost.deadline + gap, now + vhost.patience);
}

std::string_view to_string(State state) noexcept {
  switch (state) {
    case State::init: return "INIT";
    case State::backup: return "BACKUP";
    case State::master: return "MASTER";
  }
  return "?";
}

std::string_view to_string(Reason reason) noexcept {
  switch (reason) {
    case Reason::none: return "none";
    case Reason::started: return "started";
    case Reason::master_timed_out: return "master timed out";
    case Reason::master_bowed_out: return "master bowed out";
    case Reason::preempting: return "preempting a slower master";
    case Reason::demoted_master: return "master is demoted";
    case Reason::forced: return "forced by the operator";
    case Reason::maintenance: return "maintenance";
    case Reason::switchover: return "switchover";
    case Reason::better_peer: return "more frequent advertisement received";
    case Reason::tie: return "equal advertisement from a lower address received";
    case Reason::stalled: return "stalled";
    case Reason::admin_down: return "administratively down";
    case Reason::no_address: return "no address";
    case Reason::not_allowed: return "net.inet.carp.allow is 0";
    case Reason::link_down: return "link down";
    case Reason::worker_stall: return "worker stalled";
    case Reason::held: return "held";
    case Reason::stopped: return "stopped";
  }
  return "?";
}

}  // namespace carp::proto
