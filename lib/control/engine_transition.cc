// SPDX-License-Identifier: BSD-3-Clause
//
// How a virtual host comes from one password or address list to another while its group does so
// host by host (I2.13, control/shared_sets). What it says and answers for changes in one moment.
#include <algorithm>

#include "lib/control/engine.h"

namespace carp::control {

using proto::Duration;
using proto::TimePoint;

namespace {

[[nodiscard]] std::string seconds_of(Duration time) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count()) + " s";
}

[[nodiscard]] LogLine told(const VhostEntry& entry, const std::string& text) {
  return {LogTopic::control, LogLevel::notice, entry.config.name + ": event=transition " + text};
}

}  // namespace

// The configuration has changed; does the set?
void Engine::change_set(VhostEntry& entry, TimePoint now, Outbox& out) {
  const std::vector<net::Ipv4Prefix> before = entry.sets.addresses();
  const bool was_waiting = entry.sets.is_waiting();
  if (!entry.sets.set(set_of(entry.config), config_.global.transition, now)) return;
  follow_addresses(entry, before, now);
  if (entry.sets.is_waiting())
    out.log.push_back(told(entry, "goes on saying the old password and addresses for up to " +
                                      seconds_of(entry.sets.switches_at() - now)));
  else if (was_waiting)
    out.log.push_back(told(entry, "taken back before it was said"));
}

void Engine::switch_set(VhostEntry& entry, const std::string& why, TimePoint now, Outbox& out) {
  const std::vector<net::Ipv4Prefix> before = entry.sets.addresses();
  entry.sets.switch_over(now);
  follow_addresses(entry, before, now);
  out.log.push_back(told(entry, "says the new password and addresses (" + why +
                                    "), accepts the old ones for " +
                                    seconds_of(entry.sets.forgets_at() - now)));
  plan(entry);
}

void Engine::run_transition(VhostEntry& entry, TimePoint now, Outbox& out) {
  if (now >= entry.sets.switches_at()) switch_set(entry, "its time has come", now, out);
  if (now < entry.sets.forgets_at()) return;
  entry.sets.forget_previous();
  out.log.push_back(told(entry, "over; the old password and addresses are accepted no more"));
}

// Workers answer, and clients are told, for what is said now.
void Engine::follow_addresses(VhostEntry& entry, std::span<const net::Ipv4Prefix> before,
                              TimePoint now) {
  const std::vector<net::Ipv4Prefix>& after = entry.sets.addresses();
  if (std::ranges::equal(before, after)) return;
  sharers_.remove(entry.interface, before);
  sharers_.add(entry.interface, after);
  if (entry.is_master()) {
    drop_announcements(entry);
    if (!entry.announcing) queue_announcements(entry);
  }
  want_layout(now);
}

}  // namespace carp::control
