// SPDX-License-Identifier: BSD-3-Clause
//
// Changes from outside: virtual hosts that come, go or get other parameters, sysctls, demotion by
// the operator, the end. Each changes what it names and nothing else (I2.12).
#include <algorithm>
#include <cassert>
#include <tuple>

#include "lib/control/engine.h"

namespace carp::control {

using proto::TimePoint;
using proto::VhostConfig;

namespace {

// A quarter of an hour, more or less (D11 rule 5).
constexpr uint64_t kSkipAtMostMs = 1 << 20;

}  // namespace

void Engine::set_vhost(const VhostConfig& config, dataplane::InterfaceIndex interface,
                       TimePoint now, Outbox& out) {
  VhostEntry* entry = find(config.name);
  // Another vhid or interface is another virtual host: the old one says goodbye (D9).
  if (entry != nullptr && (entry->config.vhid != config.vhid || entry->interface != interface)) {
    remove_vhost(config.name, now, out);
    entry = nullptr;
  }
  const bool is_new = entry == nullptr;
  if (is_new) entry = &create_entry(config, interface, now);
  record(entry->interface, {}, {config.name, is_new ? ": created" : ": configured anew"}, now);
  if (is_new && entry->has_interface() && config.vhid != 0)
    out.accept.push_back({interfaces_[interface].facts.port, net::virtual_mac(config.vhid)});
  adopt(*entry, config, is_new, now, out);
  refresh_entry(*entry, now, out);
  plan(*entry);
}

VhostEntry& Engine::create_entry(const VhostConfig& config, dataplane::InterfaceIndex interface,
                                 TimePoint now) {
  assert(has_room());
  const uint16_t lease = free_leases_.front();
  free_leases_.pop_front();
  const auto stored = stored_counters_.find(counter_key(config.interface, config.vhid));
  const size_t bytes = std::min(replay_share_, replay_left_);
  proto::ReplayGuard guard(
      config.replay, {unix_us_ / 1000, started_at_}, bytes,
      stored == stored_counters_.end() ? std::nullopt : std::optional(stored->second));
  guard.skip(random_() % kSkipAtMostMs);
  // It speaks for itself from here on, so that there is one copy to save.
  if (stored != stored_counters_.end() && guard.highest() && interface != kNoInterface)
    stored_counters_.erase(stored);
  auto entry = std::make_unique<VhostEntry>(config, interface, lease, std::move(guard), now);
  entry->replay_bytes = bytes;
  replay_left_ -= bytes;
  by_lease_[lease] = entry.get();
  by_name_[config.name] = entry.get();
  if (entry->has_interface() && config.vhid != 0)
    interfaces_[interface].by_vhid[config.vhid] = entry.get();
  const auto place =
      std::lower_bound(vhosts_.begin(), vhosts_.end(), entry, [](const auto& a, const auto& b) {
        return std::tuple(a->interface, a->config.vhid) < std::tuple(b->interface, b->config.vhid);
      });
  return **vhosts_.insert(place, std::move(entry));
}

// Takes over the parameters; state, counter and mastership stay (D23).
void Engine::adopt(VhostEntry& entry, const VhostConfig& config, bool is_new, TimePoint now,
                   Outbox& out) {
  const VhostConfig before = std::exchange(entry.config, config);
  if (is_new) {
    sharers_.add(entry.interface, entry.sets.addresses());
  } else {
    if (set_of(before) != set_of(config)) entry.former = set_of(before);
    change_set(entry, now, out);
  }
  if (before.pace != config.pace) proto::on_pace(entry.vhost, config.pace, circumstances(now));
  entry.vhost.openbsd_demotion = config.openbsd_demotion;
  entry.replay.set_policy(config.replay);
  want_layout(now);
  paces_changed_ = true;
}

void Engine::remove_vhost(const std::string& name, TimePoint now, Outbox& out) {
  const auto place = std::ranges::find(vhosts_, find(name), &std::unique_ptr<VhostEntry>::get);
  if (place == vhosts_.end()) return;
  VhostEntry& entry = **place;
  record(entry.interface, {}, {name, ": removed"}, now);
  carry_out(entry, proto::on_conditions(entry.vhost, proto::Reason::stopped, circumstances(now)),
            now, out);
  keep_counter(entry);
  if (entry.has_interface()) {
    peers_.forget(entry.interface, entry.config.vhid);
    interfaces_[entry.interface].by_vhid[entry.config.vhid] = nullptr;
  }
  sharers_.remove(entry.interface, entry.sets.addresses());
  by_lease_[entry.lease] = nullptr;
  by_name_.erase(entry.config.name);
  agenda_.erase(entry.lease);
  demotion_changed_ |= demotion_.clear_subject(name);
  departing_.push_back(std::move(*place));
  vhosts_.erase(place);
  want_layout(now);
  paces_changed_ = true;
}

void Engine::set_operator_state(const std::string& name, proto::State wanted, TimePoint now,
                                Outbox& out) {
  VhostEntry* entry = find(name);
  if (entry == nullptr) return;
  carry_out(*entry, proto::on_operator_state(entry->vhost, wanted, circumstances(now)), now, out);
}

void Engine::set_sysctl(const Sysctl& sysctl, TimePoint now, Outbox& out) {
  if (std::exchange(config_.sysctl, sysctl).arpbalance != sysctl.arpbalance) want_layout(now);
  for (const auto& entry : vhosts_) refresh_conditions(*entry, now, out);  // allow (D13)
}

void Engine::set_interface(const InterfaceConfig& config, TimePoint now) {
  for (InterfaceEntry& interface : interfaces_) {
    if (interface.config.name != config.name) continue;
    interface.config.addresses = config.addresses;
    // A hold that has begun, too.
    interface.held_until += config.link_hold - interface.config.link_hold;
    interface.config.link_hold = config.link_hold;
    config_.interfaces[interface.index] = interface.config;
    want_layout(now);
  }
}

void Engine::set_global(const GlobalConfig& global, TimePoint now) {
  const std::string state_dir = config_.global.state_dir;
  const bool refresh_differs = config_.global.gratuitous_refresh != global.gratuitous_refresh;
  config_.global = global;
  config_.global.state_dir = state_dir;
  if (!refresh_differs) return;
  const bool refreshes = global.gratuitous_refresh > std::chrono::seconds(0);
  for (const auto& entry : vhosts_) {
    if (!entry->is_master()) continue;
    entry->refresh_at = refreshes ? now + global.gratuitous_refresh : proto::kNever;
    plan(*entry);
  }
}

void Engine::adjust_demotion(int amount, TimePoint now, Outbox& out) {
  if (!demotion_.adjust_operator(amount, now)) return;
  out.log.push_back({LogTopic::control, LogLevel::notice,
                     "demotion=" + std::to_string(demotion_.total()) + " event=operator"});
  demotion_changed_ = true;
}

void Engine::set_host_cause(const std::string& cause, std::optional<int> amount, TimePoint now) {
  demotion_changed_ |=
      amount ? demotion_.raise(cause, {}, *amount, now) : demotion_.clear(cause, {});
}

void Engine::set_maintenance(bool on, TimePoint now, Outbox& out) {
  in_maintenance_ = on;
  set_host_cause(kMaintenanceCause, on ? std::optional(proto::kDemotionAmount) : std::nullopt, now);
  out.log.push_back({LogTopic::control, LogLevel::notice,
                     std::string("event=maintenance_") + (on ? "on" : "off") +
                         " demotion=" + std::to_string(demotion_.total())});
  if (!on) return;
  for (const auto& entry : vhosts_)
    if (entry->is_master()) hand_over(*entry, proto::Reason::maintenance, now, out);
}

void Engine::switch_over(const std::string& name, TimePoint now, Outbox& out) {
  VhostEntry& entry = *find(name);
  hand_over(entry, proto::Reason::switchover, now, out);
  entry.stays_back = true;
}

void Engine::hand_over(VhostEntry& entry, proto::Reason why, TimePoint now, Outbox& out) {
  carry_out(entry,
            proto::on_operator_state(entry.vhost, proto::State::backup, circumstances(now), why),
            now, out);
}

void Engine::stop(TimePoint now, Outbox& out) {
  stopping_ = true;
  leave_groups(now, out);
  for (const auto& entry : vhosts_) refresh_conditions(*entry, now, out);
}

VhostEntry* Engine::find(std::string_view name) noexcept {
  const auto place = by_name_.find(name);
  return place == by_name_.end() ? nullptr : place->second;
}

const VhostEntry* Engine::find_vhost(std::string_view name) const noexcept {
  const auto place = by_name_.find(name);
  return place == by_name_.end() ? nullptr : place->second;
}

// Iterators, not ranges: clang 14 does not understand how GCC 12's library hands out a subrange.
std::span<const std::unique_ptr<VhostEntry>> Engine::vhosts_on(
    dataplane::InterfaceIndex interface) const {
  const auto first = std::partition_point(vhosts_.begin(), vhosts_.end(),
                                          [&](const auto& e) { return e->interface < interface; });
  const auto last = std::partition_point(first, vhosts_.end(),
                                         [&](const auto& e) { return e->interface == interface; });
  return std::span(vhosts_).subspan(static_cast<size_t>(first - vhosts_.begin()),
                                    static_cast<size_t>(last - first));
}

// Whoever waited for this speaks now.
void Engine::on_applied(uint64_t generation) {
  if (generation <= applied_) return;
  applied_ = generation;
  for (const auto& entry : vhosts_)
    if (entry->announcing || entry->bowing_out) plan(*entry);
}

}  // namespace carp::control
