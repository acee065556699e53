// SPDX-License-Identifier: BSD-3-Clause
//
// Planned work: `maintenance` and `switchover`.
#include "lib/control/commands.h"
#include "lib/control/commands_reply.h"

namespace carp::control {
namespace {

constexpr std::string_view kOn = "on";
constexpr std::string_view kOff = "off";
constexpr std::string_view kAll = "all";

}  // namespace

// In force at once, whatever the disk does; said again it hands over again, and is saved again.
Reply Commands::maintenance(const Call& call) {
  const std::string_view word = call.args.empty() ? std::string_view() : call.args[0];
  if (call.args.empty())
    return answer(std::string("maintenance: ") + (engine_.in_maintenance() ? "on\n" : "off\n"));
  if (call.args.size() > 1 || (word != kOn && word != kOff))
    return error("usage: maintenance [on | off]");
  if (call.access != Access::change) return denied();
  const bool on = word == kOn;
  engine_.set_maintenance(on, call.now, call.out);
  auto ticket = jobs_.ask({.kind = JobKind::maintenance,
                           .asked_at = call.now,
                           .state_dir = engine_.config().global.state_dir,
                           .maintenance = on});
  if (!ticket)
    return error("maintenance is " + std::string(word) +
                 ", but a restart will not know: another reload or write is under way; say it "
                 "again");
  return wait_for(ticket);
}

// Every one that is asked for is MASTER, or nothing happens.
Reply Commands::switchover(const Call& call) {
  if (call.args.size() != 1) return error("usage: switchover carpN | all");
  if (call.access != Access::change) return denied();
  const bool all = call.args[0] == kAll;
  std::vector<std::string> names;
  if (all) {
    for (const auto& entry : engine_.vhosts())
      if (entry->is_master()) names.push_back(entry->config.name);
    if (names.empty()) return error("switchover: this host is MASTER of nothing");
  } else {
    const VhostEntry* entry = engine_.find_vhost(call.args[0]);
    if (entry == nullptr) return error("switchover: no such virtual host");
    if (!entry->is_master())
      return error("switchover: " + entry->config.name + " is " +
                   std::string(to_string(entry->vhost.state)) +
                   " here; its MASTER is the one to hand over");
    names = {entry->config.name};
  }
  return {.waiting = std::make_shared<const Waiting>(
              Waiting{.outcome = switchovers_.begin(engine_, names, call.now, call.out)})};
}

Completion Commands::follow_maintenance(std::span<const std::string> args) const {
  if (!args.empty()) return {};
  return {.words = {std::string(kOn), std::string(kOff)}};
}

Completion Commands::follow_switchover(std::span<const std::string> args) const {
  Completion choice;
  if (!args.empty()) return choice;
  for (const auto& entry : engine_.vhosts())
    if (entry->is_master()) choice.words.push_back(entry->config.name);
  choice.words.emplace_back(kAll);
  return choice;
}

}  // namespace carp::control
