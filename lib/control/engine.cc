// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/engine.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace carp::control {
namespace {

using proto::Duration;
using proto::Reason;
using proto::State;
using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

// The replay memory of all virtual hosts together (D11 rule 3), and how many at least share it.
constexpr size_t kReplayBytes = size_t{16} << 20;
constexpr size_t kReplaySharers = 16;
// Frames read for so long after a stall may be older than the stall (D4 rule 3).
constexpr Duration kDistrust = milliseconds(100);

[[nodiscard]] std::vector<std::string> names_of(const std::vector<InterfaceConfig>& interfaces) {
  std::vector<std::string> names;
  for (const InterfaceConfig& interface : interfaces) names.push_back(interface.name);
  return names;
}

}  // namespace

Engine::Engine(EngineStart start)
    : config_(std::move(start.config)),
      by_lease_(dataplane::kMaxVhosts + 1, nullptr),
      replay_share_(kReplayBytes / std::max(kReplaySharers, config_.vhosts.size())),
      replay_left_(kReplayBytes),
      leases_(start.leases),
      flight_log_(names_of(config_.interfaces)),
      stored_counters_(std::move(start.stored_counters)),
      random_(start.seed),
      delays_(~start.seed),
      unix_us_(start.unix_us),
      started_at_(start.now),
      last_pass_(start.now),
      startup_holding_(config_.global.startup_hold > seconds(0)),
      in_maintenance_(start.maintenance) {
  if (in_maintenance_) set_host_cause(kMaintenanceCause, proto::kDemotionAmount, start.now);
  for (size_t i = 0; i < config_.interfaces.size(); ++i) {
    interfaces_.push_back({.config = config_.interfaces[i],
                           .index = static_cast<dataplane::InterfaceIndex>(i),
                           .facts = start.facts[i]});
    watches_.emplace(start.facts[i].port, PortWatch(start.now));
  }
  for (uint16_t lease = 1; lease <= dataplane::kMaxVhosts; ++lease) free_leases_.push_back(lease);
  want_layout(start.now);
  Outbox nothing_yet;  // virtual hosts start in INIT, so nothing is said about them
  for (const proto::VhostConfig& vhost : std::exchange(config_.vhosts, {})) {
    const auto place = std::find_if(interfaces_.begin(), interfaces_.end(), [&](const auto& i) {
      return i.config.name == vhost.interface;
    });
    set_vhost(vhost, place->index, start.now, nothing_yet);
  }
}

void Engine::begin_pass(TimePoint now, Outbox& out) {
  if (std::exchange(paces_changed_, false)) set_stall_limits();
  const Duration gap = now - std::exchange(last_pass_, now);
  for (auto& [port, watch] : watches_) {
    const bool changed = watch.judge(now);
    watch.begin_pass(gap);
    if (gap > watch.limit()) watch.distrust_until(now + kDistrust);
    if (!changed) continue;
    for (InterfaceEntry& interface : interfaces_) {
      if (interface.facts.port != port) continue;
      interface.worker_stalled = watch.is_stalled();
      record(interface.index, {},
             {interface.config.name, ": its workers ", watch.is_stalled() ? "stall" : "poll again"},
             now);
      refresh_interface(interface, now, out);
    }
  }
}

// A gap that is small beside the interval is the ordinary jitter of a busy machine: the frames
// are read late, but before the timer is looked at.
void Engine::on_poll(dataplane::PortId port, TimePoint now) {
  PortWatch& watch = watches_.at(port);
  const Duration gap = watch.on_poll(now);
  if (gap > watch.limit()) watch.distrust_until(now + kDistrust);
  if (gap <= watch.shortest_interval() / 4) return;
  for (const auto& entry : vhosts_) {
    if (!entry->runs() || interfaces_[entry->interface].facts.port != port) continue;
    if (gap <= proto::advert_interval(entry->vhost.pace) / 4) continue;
    proto::on_gap(entry->vhost, gap, now);
    plan(*entry);
  }
}

// A third of the shortest master down time on each port (D4 rule 4): about one interval.
void Engine::set_stall_limits() {
  for (auto& [port, watch] : watches_) {
    Duration down_time = Duration::max();
    Duration interval = Duration::max();
    for (const auto& entry : vhosts_) {
      if (!entry->has_interface() || interfaces_[entry->interface].facts.port != port) continue;
      down_time = std::min(down_time, proto::master_down_time(entry->vhost.pace));
      interval = std::min(interval, proto::advert_interval(entry->vhost.pace));
    }
    watch.set_limit((down_time == Duration::max() ? seconds(3) : down_time) / 3);
    watch.set_shortest_interval(interval);
  }
}

void Engine::on_link(dataplane::PortId port, bool up, TimePoint now, Outbox& out) {
  for (InterfaceEntry& interface : interfaces_) {
    if (interface.facts.port != port || interface.link_up == up) continue;
    interface.link_up = up;
    interface.holding = up && interface.config.link_hold > seconds(0);
    interface.held_until = now + interface.config.link_hold;
    follow_link(interface, now);
    record(interface.index, {}, {interface.config.name, ": link ", up ? "up" : "down"}, now);
    out.log.push_back({LogTopic::control, LogLevel::notice,
                       "interface=" + interface.config.name + " port=" + interface.config.port +
                           " event=link_" + (up ? "up" : "down")});
    refresh_interface(interface, now, out);
  }
}

// Link or workers of an interface changed.
void Engine::refresh_interface(InterfaceEntry& interface, TimePoint now, Outbox& out) {
  for (const auto& entry : vhosts_on(interface.index)) refresh_entry(*entry, now, out);
}

// The virtual host stops or starts first, then the demotion follows (C87).
void Engine::refresh_entry(VhostEntry& entry, TimePoint now, Outbox& out) {
  refresh_conditions(entry, now, out);
  if (!entry.has_interface()) return;
  const InterfaceEntry& interface = interfaces_[entry.interface];
  set_cause("link " + interface.config.name, entry, !interface.link_up || interface.holding, now);
  set_cause("worker " + interface.config.name, entry, interface.worker_stalled, now);
}

// All that changes in a pass is told at its end, at once.
void Engine::set_cause(const std::string& cause, const VhostEntry& entry, bool present,
                       TimePoint now) {
  const std::string& name = entry.config.name;
  demotion_changed_ |= present ? demotion_.raise(cause, name, proto::kDemotionAmount, now)
                               : demotion_.clear(cause, name);
}

proto::Circumstances Engine::circumstances(TimePoint now) const {
  return {.now = now,
          .preempt = config_.sysctl.preempt,
          .demoted = demotion_.any(),
          .demotion_byte = demotion_.wire_byte(),
          .preempt_delay = config_.global.preempt_delay};
}

Reason Engine::why_not_running(const VhostEntry& entry) const {
  if (stopping_) return Reason::stopped;
  if (!entry.config.up) return Reason::admin_down;
  if (!entry.sets.can_sign()) return Reason::no_address;
  if (!config_.sysctl.allow) return Reason::not_allowed;
  const InterfaceEntry& interface = interfaces_[entry.interface];
  if (!interface.link_up) return Reason::link_down;
  if (interface.worker_stalled) return Reason::worker_stall;
  if (interface.holding || startup_holding_) return Reason::held;
  return Reason::none;
}

void Engine::refresh_conditions(VhostEntry& entry, TimePoint now, Outbox& out) {
  const Reason why_not = why_not_running(entry);
  carry_out(entry, proto::on_conditions(entry.vhost, why_not, circumstances(now)), now, out);
}

// Does what a step of the state machine asks for, in the order of D22: a new MASTER speaks when
// the workers have its table, one that leaves says goodbye when they have stopped.
void Engine::carry_out(VhostEntry& entry, const proto::Actions& actions, TimePoint now,
                       Outbox& out) {
  if (actions.last_word) send_advert(entry, Speech::last_word, now, out);
  if (actions.changed) {
    note_change(entry, actions, now, out);
    note_table_change(entry, now);
    open_steps(entry, actions, now);
    if (actions.from == State::master || entry.is_master()) update_lease(entry, out);
  } else {
    if (actions.advertise) send_advert(entry, Speech::advert, now, out);
    if (actions.announce) queue_announcements(entry);
  }
  if (actions.reannounce) reannounce(entry, now);
  if (actions.tie) log_tie(entry, now, out);
  tell_hooks(entry, out);
  plan(entry);
}

// What waited for an earlier step is over with this one: who is MASTER again does not say goodbye,
// who left announces nothing.
void Engine::open_steps(VhostEntry& entry, const proto::Actions& actions, TimePoint now) {
  const OpenStep step{generation_ + 1, now + kConfirmAtMost, actions.lease_until};
  entry.announcing.reset();
  drop_announcements(entry);
  for (InFlight& flight : entry.in_flight) flight.renews = false;
  if (entry.is_master()) {
    entry.announcing = step;
    entry.bowing_out.reset();
  }
  if (actions.bow_out) entry.bowing_out = step;
}

void Engine::note_change(VhostEntry& entry, const proto::Actions& actions, TimePoint now,
                         Outbox& out) {
  ++entry.transitions;
  entry.since = now;
  entry.refresh_at = proto::kNever;
  entry.stays_back &= entry.vhost.state == State::backup;
  if (actions.reason == Reason::preempting) ++statistics_.preempt;
  if (entry.is_master() && config_.global.gratuitous_refresh > seconds(0))
    entry.refresh_at = now + config_.global.gratuitous_refresh;
  history_.add({unix_us(now), entry.config.name, actions.from, entry.vhost.state, actions.reason});
  flight_log_.note_change(history_.entries().back(), entry.interface, now);
  entry.untold.push_back({entry.config.name, entry.config.vhid, entry.config.interface,
                          actions.from, entry.vhost.state, actions.reason});
  if (config_.sysctl.log < 2) return;  // D14
  std::string text = entry.config.name + ": ";
  text += to_string(actions.from);
  text += " -> ";
  text += to_string(entry.vhost.state);
  text += " (";
  text += to_string(actions.reason);
  text += ") vhid=" + std::to_string(entry.config.vhid) + " interface=" + entry.config.interface +
          " demotion=" + std::to_string(demotion_.total());
  out.log.push_back({LogTopic::proto, LogLevel::notice, std::move(text)});
}

// After the advertisement or the bow out that belongs to a change (D22).
void Engine::tell_hooks(VhostEntry& entry, Outbox& out) {
  if (entry.announcing || entry.bowing_out) return;
  std::ranges::move(std::exchange(entry.untold, {}), std::back_inserter(out.changes));
}

// D3: once a minute, and not while we are demoted, when two hosts at 240 are nobody's mistake.
void Engine::log_tie(VhostEntry& entry, TimePoint now, Outbox& out) {
  if (demotion_.any() || now < entry.tie_log_from) return;
  entry.tie_log_from = now + std::chrono::minutes(1);
  out.log.push_back({LogTopic::proto, LogLevel::error,
                     entry.config.name + ": " + to_string(entry.master) +
                         " advertises with our advbase and advskew; give one of the two hosts "
                         "another advskew vhid=" +
                         std::to_string(entry.config.vhid)});
}

void Engine::record(dataplane::InterfaceIndex interface, net::ConstBytes frame,
                    FlightLog::Words words, TimePoint now) {
  flight_log_.note(unix_us(now), interface, frame, words);
}

uint64_t Engine::unix_us(TimePoint now) const noexcept {
  return unix_us_ + static_cast<uint64_t>((now - started_at_).count());
}

CounterList Engine::counters() const {
  CounterList counters{.others = stored_counters_};
  for (const InterfaceEntry& interface : interfaces_)
    counters.interfaces.push_back(interface.config.name);
  counters.running.reserve(vhosts_.size());
  for (const auto& entry : vhosts_) {
    const auto highest = entry->replay.highest();
    if (highest && entry->has_interface())
      counters.running.push_back({entry->interface, entry->config.vhid, *highest});
  }
  return counters;
}

}  // namespace carp::control
