// SPDX-License-Identifier: BSD-3-Clause
#include "tests/proto/vhost_scene.h"

#include <stdexcept>

namespace carp::proto {
namespace {

[[nodiscard]] std::string from_now(TimePoint then, TimePoint now) {
  return then == kNever ? "never" : std::to_string((then - now).count());
}

void require(const Vhost& vhost, State wanted) {
  if (vhost.state != wanted) throw std::logic_error("the scene did not reach its state");
}

}  // namespace

Vhost init_vhost(Pace pace) {
  Vhost vhost;
  vhost.pace = pace;
  return vhost;
}

Vhost backup_vhost(Pace pace, TimePoint since) {
  Vhost vhost = init_vhost(pace);
  static_cast<void>(on_conditions(vhost, Reason::none, {.now = since}));
  require(vhost, State::backup);
  return vhost;
}

Vhost master_vhost(Pace pace, TimePoint since, bool demoted) {
  Vhost vhost = backup_vhost(pace, since - master_down_time(pace));
  static_cast<void>(on_timer(vhost, {.now = since, .demoted = demoted}));
  require(vhost, State::master);
  return vhost;
}

std::string described(const Vhost& before, const Vhost& after, const Actions& actions,
                      TimePoint now) {
  std::string text = "stays";
  if (actions.changed) {
    text = to_string(after.state);
    text += " (";
    text += to_string(actions.reason);
    text += ')';
  }
  if (actions.changed && actions.from != before.state) text += " from another state";
  if (actions.changed != (before.state != after.state)) text += " but tells otherwise";
  if (actions.last_word) text += " last_word";
  if (actions.bow_out) text += " bow_out";
  if (actions.advertise) text += " advertise";
  if (actions.announce) text += " announce";
  if (actions.reannounce) text += " reannounce";
  if (actions.tie) text += " tie";
  if (after.deadline != before.deadline) text += " timer=" + from_now(after.deadline, now);
  if (after.lease_until != before.lease_until) text += " lease=" + from_now(after.lease_until, now);
  return text;
}

}  // namespace carp::proto
