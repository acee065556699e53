// SPDX-License-Identifier: BSD-3-Clause
//
// What time brings: holds that end, timers, the steps of D22, gratuitous ARP, at last the table.
// Only those are looked at whom the agenda names; what they have to say they say in turn.
#include <algorithm>
#include <utility>

#include "lib/control/engine.h"

namespace carp::control {

using proto::TimePoint;

namespace {

// A change of demotion is told at once, but not more often than this (D10).
constexpr proto::Duration kDemotionPause = std::chrono::milliseconds(100);

}  // namespace

void Engine::advance(TimePoint now, Outbox& out) {
  end_holds(now, out);
  if (std::exchange(demotion_changed_, false)) tell_demotion(now);

  due_.clear();
  agenda_.take_due(now, due_);
  for (const uint16_t lease : due_) run_timers(*by_lease_[lease], now, out);
  for (const auto& entry : departing_) stand_in_line(*entry, now);
  for (size_t turn = 0; turn < kSpeakersAPass && !line_.empty(); ++turn) {
    VhostEntry& entry = *line_.front();
    line_.pop_front();
    speak(entry, now, out);
  }
  // Advertisements of all virtual hosts before the first gratuitous ARP (D19).
  if (line_.empty())
    for (InterfaceEntry& interface : interfaces_)
      if (!interface.announcements.empty()) send_announcements(interface, now, out);
  tell_memberships(now, out);
  forget_departed();
  if (table_wanted_since_) make_table(now, out);
}

void Engine::end_holds(TimePoint now, Outbox& out) {
  const bool startup_ends = startup_holding_ && now >= started_at_ + config_.global.startup_hold;
  if (startup_ends) startup_holding_ = false;
  for (InterfaceEntry& interface : interfaces_) {
    const bool hold_ends = interface.holding && now >= interface.held_until;
    if (hold_ends) interface.holding = false;
    if (hold_ends || startup_ends) refresh_interface(interface, now, out);
  }
}

// Every MASTER tells the change at once, all of them at most once per 100 ms (D10).
void Engine::tell_demotion(TimePoint now) {
  std::string causes;
  for (const proto::Demotion::Cause& cause : demotion_.causes())
    causes += (causes.empty() ? ": " : ", ") + cause.name;
  record(kNoInterface, {}, {"demotion ", std::to_string(demotion_.total()), causes}, now);
  if (demotion_told_at_ <= now)
    demotion_told_at_ = std::max(now, demotion_told_at_ + kDemotionPause);
  for (const auto& entry : vhosts_) {
    proto::on_demotion(entry->vhost, demotion_told_at_, demotion_.any());
    plan(*entry);
  }
}

void Engine::run_timers(VhostEntry& entry, TimePoint now, Outbox& out) {
  if (now >= entry.refresh_at) {  // I2.10
    entry.refresh_at = now + config_.global.gratuitous_refresh;
    queue_announcements(entry);
  }
  run_transition(entry, now, out);
  // A slot of ARP balancing that nobody serves any more is dropped (D7).
  if (!entry.runs() && entry.slot_counts && now >= entry.master_heard_until) {
    entry.slot_counts = false;
    want_layout(now);
  }
  stand_in_line(entry, now);
  // A MASTER whose lease holds does what is due when it is its turn to speak.
  const bool is_due = now >= proto::next_deadline(entry.vhost);
  if (is_due && may_time_out(entry, now))
    carry_out(entry, proto::on_timer(entry.vhost, circumstances(now)), now, out);
  plan(entry);
}

// Nobody has timed out before everything that arrived until then was read (D4 rule 3).
bool Engine::may_time_out(const VhostEntry& entry, TimePoint now) const {
  if (entry.is_master()) return now >= entry.vhost.lease_until;
  const PortWatch& watch = watches_.at(interfaces_[entry.interface].facts.port);
  return watch.listened_at() >= entry.vhost.deadline;
}

// D22: the workers have confirmed, or had their 5 ms.
bool Engine::is_due(const std::optional<OpenStep>& step, TimePoint now) const {
  return step && (applied_ >= step->generation || now >= step->latest);
}

// A new MASTER speaks first when the workers are ready, whatever its interval.
bool Engine::advert_is_due(const VhostEntry& entry, TimePoint now) const {
  return entry.is_master() && !entry.announcing && now >= entry.vhost.deadline;
}

void Engine::stand_in_line(VhostEntry& entry, TimePoint now) {
  const bool has_word =
      advert_is_due(entry, now) || is_due(entry.announcing, now) || is_due(entry.bowing_out, now);
  if (!has_word || entry.is_in_line) return;
  entry.is_in_line = true;
  line_.push_back(&entry);
}

// Looks again at what is due: since it stood in line it may have become another state.
void Engine::speak(VhostEntry& entry, TimePoint now, Outbox& out) {
  entry.is_in_line = false;
  if (advert_is_due(entry, now)) {
    const TimePoint due = entry.vhost.deadline;
    const size_t sent_before = out.frames.size();
    carry_out(entry, proto::on_timer(entry.vhost, circumstances(now)), now, out);
    if (out.frames.size() > sent_before) out.frames.back().due = due;
  }
  if (is_due(entry.announcing, now)) {
    entry.announcing.reset();
    proto::on_announced(entry.vhost, now);
    send_advert(entry, Speech::advert, now, out);
    queue_announcements(entry);
  }
  if (is_due(entry.bowing_out, now)) {
    const bool in_time = now < entry.bowing_out->expires;
    entry.bowing_out.reset();
    if (in_time) send_advert(entry, Speech::bow_out, now, out);
  }
  tell_hooks(entry, out);
  if (by_lease_[entry.lease] == &entry) plan(entry);
}

// When run_timers wants to see this one next.
TimePoint Engine::due_of(const VhostEntry& entry) const {
  TimePoint due = std::min(entry.refresh_at, entry.vhost.lease_until);
  due = std::min({due, entry.sets.switches_at(), entry.sets.forgets_at()});
  if (!entry.runs() && entry.slot_counts) due = std::min(due, entry.master_heard_until);
  if (entry.is_in_line) return due;  // its turn comes without a timer
  due = std::min(due, entry.vhost.deadline);
  for (const auto& step : {entry.announcing, entry.bowing_out})
    if (step) due = std::min(due, applied_ >= step->generation ? TimePoint::min() : step->latest);
  return due;
}

TimePoint Engine::next_deadline() const {
  if (table_wanted_since_ || demotion_changed_ || !line_.empty()) return TimePoint::min();
  TimePoint next = agenda_.first();
  for (const auto& entry : departing_) next = std::min(next, due_of(*entry));
  if (startup_holding_) next = std::min(next, started_at_ + config_.global.startup_hold);
  for (const InterfaceEntry& interface : interfaces_) {
    if (!interface.announcements.empty()) next = std::min(next, interface.next_announcement);
    if (interface.holding) next = std::min(next, interface.held_until);
    next = std::min(next, proto::next_deadline(interface.membership));
  }
  return next;
}

// A removed virtual host stays until its bow out has left. Its lease goes to the end of the queue:
// workers that know it by an old table find it at 0.
void Engine::forget_departed() {
  std::erase_if(departing_, [&](const std::unique_ptr<VhostEntry>& entry) {
    if (entry->bowing_out || entry->is_in_line) return false;
    keep_counter(*entry);
    free_leases_.push_back(entry->lease);
    replay_left_ += std::min(replay_share_, entry->replay_bytes);
    return true;
  });
}

// One that comes back under this vhid goes on above what this one said last (D11 rule 5).
void Engine::keep_counter(const VhostEntry& entry) {
  const auto highest = entry.replay.highest();
  if (!highest) return;
  uint64_t& stored = stored_counters_[counter_key(entry.config.interface, entry.config.vhid)];
  stored = std::max(stored, *highest);
}

bool Engine::has_stopped() const {
  const auto is_open = [](const auto& entry) { return entry->bowing_out.has_value(); };
  return stopping_ && std::none_of(vhosts_.begin(), vhosts_.end(), is_open) &&
         std::none_of(departing_.begin(), departing_.end(), is_open);
}

}  // namespace carp::control
