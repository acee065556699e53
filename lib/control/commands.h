// SPDX-License-Identifier: BSD-3-Clause
//
// What an operator's line does (I3.3 to I3.5): finds the command, changes the engine or asks
// `show`, and answers. Several commands joined by && run until the first error. Pure; control only.
//
// No answer repeats a word that is not known to be a name or a number: it may be a password that
// slipped out of its place (I5.3).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/control/commands_words.h"
#include "lib/control/completion.h"
#include "lib/control/config_job.h"
#include "lib/control/engine.h"
#include "lib/control/ifconfig_args.h"
#include "lib/control/reply.h"
#include "lib/control/runtime_view.h"
#include "lib/control/show_pieces.h"
#include "lib/control/switchovers.h"

namespace carp::control {

// A line that waits for the disk, for another host, or for the next pieces of a long answer, which
// come pass by pass.
struct Waiting {
  std::shared_ptr<const std::optional<Reply>> outcome{};
  std::shared_ptr<const Pieces> pieces{};  // set: these, instead
  std::vector<Words> rest{};               // its commands after that

  [[nodiscard]] bool is_over() const noexcept { return pieces || outcome->has_value(); }
};

class Commands {
 public:
  // Both outlive it.
  Commands(Engine& engine, ConfigJobs& jobs) : engine_(engine), jobs_(jobs) {}

  // Runs one line. `view`: what the shell knows of workers and ports at this moment.
  [[nodiscard]] Reply execute(std::string_view line, Access access, const RuntimeView& view,
                              proto::TimePoint now, Outbox& out);
  // The answer that a line waited for, or its next piece, and the rest of the line. Requires:
  // waiting.is_over(); called once for each.
  [[nodiscard]] Reply resume(const Waiting& waiting, Access access, const RuntimeView& view,
                             proto::TimePoint now, Outbox& out);

  // Once a pass: looks whether what lines wait for in the network has come.
  void poll(proto::TimePoint now) { switchovers_.poll(engine_, now); }

  // What may stand behind the beginning of a line: commands, names of what there is, words.
  [[nodiscard]] Completion complete(std::string_view before_cursor) const;

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
  // The words that may follow those of the command.
  using Follow = Completion (Commands::*)(std::span<const std::string> args) const;
  struct Entry {
    std::string_view name;
    Command command;
    std::string_view help{};  // lines; none for another name of a command
    Follow follow = nullptr;  // null: none
  };
  static const std::span<const Entry> kCommands;

  [[nodiscard]] Reply run_all(Reply all, std::span<const Words> commands, Access access,
                              const RuntimeView& view, proto::TimePoint now, Outbox& out);
  [[nodiscard]] Reply run(const Call& call);

  // commands.cc
  [[nodiscard]] static Reply tell(std::shared_ptr<const Pieces> pieces, const ShowInput& input);
  [[nodiscard]] Reply show_topic(const Call& call);
  [[nodiscard]] Reply demote(const Call& call);
  [[nodiscard]] Reply reload(const Call& call);
  [[nodiscard]] Reply write(const Call& call);
  [[nodiscard]] static Reply wait_for(const ConfigJobs::Ticket& ticket);
  [[nodiscard]] Reply ask(std::string_view name, ConfigJob job, const Call& call);
  [[nodiscard]] Reply shut_down(const Call& call);
  [[nodiscard]] Reply quit(const Call& call);
  [[nodiscard]] Reply help(const Call& call);

  // commands_complete.cc
  [[nodiscard]] static std::string help_text();
  [[nodiscard]] Completion follow_show(std::span<const std::string> args) const;

  // commands_planned.cc
  [[nodiscard]] Reply maintenance(const Call& call);
  [[nodiscard]] Reply switchover(const Call& call);
  [[nodiscard]] Completion follow_maintenance(std::span<const std::string> args) const;
  [[nodiscard]] Completion follow_switchover(std::span<const std::string> args) const;

  // commands_ifconfig.cc
  [[nodiscard]] Reply ifconfig(const Call& call);
  [[nodiscard]] Reply display(std::string_view name) const;
  [[nodiscard]] Reply display_all(const Call& call) const;
  [[nodiscard]] Reply create_next(const IfconfigArgs& args, const Call& call);
  [[nodiscard]] Reply destroy(const std::string& name, const Call& call);
  [[nodiscard]] Reply set(const std::string& name, const IfconfigArgs& args, const Call& call);
  [[nodiscard]] Reply set_state(const VhostEntry& entry, ForcedState state, const Call& call);
  [[nodiscard]] Completion follow_ifconfig(std::span<const std::string> args) const;

  // commands_sysctl.cc
  [[nodiscard]] Reply sysctl(const Call& call);
  [[nodiscard]] Reply read_sysctl(std::string_view name) const;
  [[nodiscard]] Reply write_sysctl(std::string_view name, std::string_view value, const Call& call);
  [[nodiscard]] Completion follow_sysctl(std::span<const std::string> args) const;

  Engine& engine_;
  ConfigJobs& jobs_;
  Switchovers switchovers_;
  bool shutdown_wanted_ = false;
};

}  // namespace carp::control
