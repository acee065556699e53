// SPDX-License-Identifier: BSD-3-Clause
//
// `ifconfig`, with the words and the effects of FreeBSD's ifconfig(8) on carp interfaces (I3.3).
#include <set>

#include "lib/control/change.h"
#include "lib/control/commands.h"
#include "lib/control/commands_reply.h"
#include "lib/control/config_password.h"
#include "lib/control/config_sections.h"
#include "lib/control/show_facts.h"
#include "lib/control/show_ifconfig.h"

namespace carp::control {
namespace {

// `ifconfig carp create` picks the number.
constexpr std::string_view kCloner = "carp";
constexpr std::string_view kAll = "-a";

// Does it describe anything beside create, destroy and state?
[[nodiscard]] bool describes(const IfconfigArgs& args) {
  return args.vhid || args.advbase || args.advskew || args.key || args.up ||
         !args.addresses.empty();
}

}  // namespace

Reply Commands::ifconfig(const Call& call) {
  if (call.args.empty() || call.args[0] == kAll) return display_all(call);
  const std::string& name = call.args[0];
  if (call.args.size() == 1) return display(name);
  if (name != kCloner && !is_vhost_name(name)) return display(name);
  if (call.access != Access::change) return denied();

  const auto parsed = parse_ifconfig_args(call.args.subspan(1));
  if (!parsed) return error(parsed.error());
  const IfconfigArgs& args = parsed.value();
  if (args.destroy && (args.create || args.state || describes(args))) {
    return error("destroy stands alone: ifconfig " + name + " destroy");
  }
  if (name == kCloner) return create_next(args, call);
  return args.destroy ? destroy(name, call) : set(name, args, call);
}

// One block for each virtual host.
Reply Commands::display_all(const Call& call) const {
  std::vector<std::string> names = vhost_names(engine_);
  const size_t count = names.size();
  return tell(
      std::make_shared<const Pieces>(entries_in_pieces(
          count,
          [names = std::move(names)](const ShowInput& input, size_t number, std::string& text) {
            const VhostEntry* entry = input.engine.find_vhost(names[number]);
            if (entry != nullptr) text += ifconfig_block(input.engine, *entry);
          })),
      {engine_, call.view, call.now});
}

Reply Commands::display(std::string_view name) const {
  if (const VhostEntry* entry = engine_.find_vhost(name))
    return answer(ifconfig_block(engine_, *entry));
  if (!is_vhost_name(name)) return error("ifconfig: carp0, carp1, ... was expected");
  return error(std::string(name) + " does not exist; ifconfig " + std::string(name) +
               " create makes it");
}

// Answers the name, as FreeBSD does.
Reply Commands::create_next(const IfconfigArgs& args, const Call& call) {
  if (!args.create) return error("usage: ifconfig carp create, or ifconfig carpN ...");
  std::set<std::string_view> taken;
  for (const auto& entry : engine_.vhosts()) taken.insert(entry->config.name);
  std::string name;
  for (unsigned unit = 0; name.empty() || taken.contains(name); ++unit) {
    name = std::string(kCloner) + std::to_string(unit);
  }
  Reply reply = set(name, args, call);
  if (!reply.error) reply.text = name + '\n' + reply.text;
  return reply;
}

Reply Commands::destroy(const std::string& name, const Call& call) {
  if (engine_.find_vhost(name) == nullptr) return display(name);
  engine_.remove_vhost(name, call.now, call.out);
  return answer();
}

Reply Commands::set(const std::string& name, const IfconfigArgs& args, const Call& call) {
  const VhostEntry* entry = engine_.find_vhost(name);
  if (args.create && entry != nullptr) return error(name + " exists already");
  if (!args.create && entry == nullptr) return display(name);

  const proto::VhostConfig before = args.create ? created_vhost(name) : entry->config;
  const auto change = change_vhost(engine_, before, args);
  if (!change) return error(change.error());
  const Change& after = change.value();
  if (args.state) {
    // Else an error of one half would leave the other half done.
    if (args.create || after.config != before) {
      return error("state: set other parameters first, by a command of their own");
    }
    return set_state(*entry, *args.state, call);
  }
  if (args.create || after.config != before) {
    engine_.set_vhost(after.config, after.interface, call.now, call.out);
  }
  return answer(args.pass_cut ? "warning: " + name + ": " + kPassCut + '\n' : "");
}

Reply Commands::set_state(const VhostEntry& entry, ForcedState state, const Call& call) {
  const std::string& name = entry.config.name;
  if (!entry.runs()) return error(name + " is INIT: " + why_not_running(engine_, entry));
  const bool to_master = state == ForcedState::master;
  engine_.set_operator_state(name, to_master ? proto::State::master : proto::State::backup,
                             call.now, call.out);
  return answer();
}

Completion Commands::follow_ifconfig(std::span<const std::string> args) const {
  Completion choice;
  if (args.empty()) {
    for (const auto& entry : engine_.vhosts()) choice.words.push_back(entry->config.name);
    choice.words.emplace_back(kCloner);
    return choice;
  }
  const NextWords next = next_ifconfig_words(args.subspan(1));
  choice.words.assign(next.words.begin(), next.words.end());
  choice.is_free = next.is_secret;
  return choice;
}

}  // namespace carp::control
