// SPDX-License-Identifier: BSD-3-Clause
//
// What an operator's line does (I3.3 to I3.5): finds the command, changes the engine or asks
// `show`, and answers. Several commands joined by && run until the first error. Pure; control only.
//
// No answer repeats a word that is not known to be a name or a number: it may be a password that
// slipped out of its place (I5.3).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lib/control/commands_words.h"
#include "lib/control/engine.h"
#include "lib/control/ifconfig_args.h"
#include "lib/control/reply.h"
#include "lib/control/runtime_view.h"

namespace carp::control {

class Commands {
 public:
  explicit Commands(Engine& engine) : engine_(engine) {}

  // Runs one line. `view`: what the shell knows of workers and ports at this moment.
  [[nodiscard]] Reply execute(std::string_view line, Access access, const RuntimeView& view,
                              proto::TimePoint now, Outbox& out);

  // Somebody said `shutdown`.
  [[nodiscard]] bool shutdown_wanted() const noexcept { return shutdown_wanted_; }

 private:
  // One command of the line.
  struct Call {
    std::string_view name;
    std::span<const std::string> args;  // the words after the name
    Access access;
    const RuntimeView& view;
    proto::TimePoint now;
    Outbox& out;
  };
  using Command = Reply (Commands::*)(const Call&);
  struct Entry {
    std::string_view name;
    Command command;
  };
  static const std::span<const Entry> kCommands;

  [[nodiscard]] Reply run(const Call& call);

  // commands.cc
  [[nodiscard]] Reply show_topic(const Call& call);
  [[nodiscard]] Reply demote(const Call& call);
  [[nodiscard]] Reply shut_down(const Call& call);
  [[nodiscard]] Reply quit(const Call& call);
  [[nodiscard]] Reply help(const Call& call);

  // commands_ifconfig.cc
  [[nodiscard]] Reply ifconfig(const Call& call);
  [[nodiscard]] Reply display(std::string_view name) const;
  [[nodiscard]] Reply create_next(const IfconfigArgs& args, const Call& call);
  [[nodiscard]] Reply destroy(const std::string& name, const Call& call);
  [[nodiscard]] Reply set(const std::string& name, const IfconfigArgs& args, const Call& call);
  [[nodiscard]] Reply set_state(const VhostEntry& entry, ForcedState state, const Call& call);

  // commands_sysctl.cc
  [[nodiscard]] Reply sysctl(const Call& call);
  [[nodiscard]] Reply read_sysctl(std::string_view name) const;
  [[nodiscard]] Reply write_sysctl(std::string_view name, std::string_view value, const Call& call);

  Engine& engine_;
  bool shutdown_wanted_ = false;
};

}  // namespace carp::control
