// SPDX-License-Identifier: BSD-3-Clause
//
// What time brings: holds that end, timers, the steps of D22, gratuitous ARP, at last the table.
#include <algorithm>

#include "lib/control/engine.h"

namespace carp::control {

using proto::State;
using proto::TimePoint;

void Engine::advance(TimePoint now, Outbox& out) {
  if (!touched_ && now < next_due_) return;
  touched_ = false;

  end_holds(now, out);
  for (const auto& entry : vhosts_) run_timers(*entry, now, out);
  // Advertisements of all virtual hosts before the first gratuitous ARP (D19).
  for (const auto& entry : vhosts_) do_open_steps(*entry, now, out);
  for (const auto& entry : departing_) do_open_steps(*entry, now, out);
  for (InterfaceEntry& interface : interfaces_) send_announcements(interface, now, out);
  forget_departed();
  if (table_is_stale_) out.table = build_table(now);
  next_due_ = next_deadline();
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

void Engine::run_timers(VhostEntry& entry, TimePoint now, Outbox& out) {
  if (now >= entry.refresh_at) {  // I2.10
    entry.refresh_at = now + config_.global.gratuitous_refresh;
    queue_announcements(entry);
  }
  // A slot of ARP balancing that nobody serves any more is dropped (D7).
  if (!entry.runs() && entry.slot_counts && now >= entry.master_heard_until) table_is_stale_ = true;

  if (now < proto::next_deadline(entry.vhost)) return;
  // Nobody has timed out before everything that arrived until then was read (D4 rule 3).
  if (entry.vhost.state == State::backup) {
    const PortWatch& watch = watches_.at(interfaces_[entry.interface].facts.port);
    if (watch.listened_at() < entry.vhost.deadline) return;
  }
  // A new MASTER speaks first when the workers are ready, whatever its interval.
  if (entry.announcing && now < entry.vhost.lease_until) return;
  carry_out(entry, proto::on_timer(entry.vhost, circumstances(now)), now, out);
}

// D22: the workers have confirmed, or had their 5 ms.
void Engine::do_open_steps(VhostEntry& entry, TimePoint now, Outbox& out) {
  const auto is_due = [&](const std::optional<OpenStep>& step) {
    return step && (applied_ >= step->generation || now >= step->latest);
  };
  if (is_due(entry.announcing)) {
    entry.announcing.reset();
    proto::on_announced(entry.vhost, now);
    send_advert(entry, Speech::advert, now, out);
    queue_announcements(entry);
  }
  if (is_due(entry.bowing_out)) {
    const bool in_time = now < entry.bowing_out->expires;
    entry.bowing_out.reset();
    if (in_time) send_advert(entry, Speech::bow_out, now, out);
  }
}

// A removed virtual host stays until its bow out has left. Its lease goes to the end of the queue:
// workers that know it by an old table find it at 0.
void Engine::forget_departed() {
  std::erase_if(departing_, [&](const std::unique_ptr<VhostEntry>& entry) {
    if (entry->bowing_out) return false;
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
  uint64_t& stored = stored_counters_[counter_key(entry.config)];
  stored = std::max(stored, *highest);
}

bool Engine::has_stopped() const {
  const auto is_open = [](const auto& entry) { return entry->bowing_out.has_value(); };
  return stopping_ && std::none_of(vhosts_.begin(), vhosts_.end(), is_open) &&
         std::none_of(departing_.begin(), departing_.end(), is_open);
}

}  // namespace carp::control
