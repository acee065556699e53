// SPDX-License-Identifier: BSD-3-Clause
//
// Control's side of what others' programs do for it: starts the hooks and health checks that are
// due, says in the log what became of them, and demotes the host while a check fails. Control only;
// the programs themselves are the runner's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/control/engine.h"
#include "lib/control/hook_queue.h"
#include "lib/control/log_limiter.h"
#include "lib/control/program_runner.h"
#include "lib/control/tracks.h"

namespace carp::control {

class Programs {
 public:
  // Both outlive it.
  Programs(Engine& engine, ProgramRunner& runner) : engine_(engine), runner_(runner) {}

  // Changes of state that happened, for the hooks.
  void tell(std::vector<StateChange> changes);
  // Once a pass: judges what has ended, starts what is due. Returns at once.
  void poll(proto::TimePoint now, Outbox& out);

  // The checks that are configured may be others than they were.
  void follow(proto::TimePoint now, Outbox& out);

  // At the end of the program: whether all hooks have run, and to say which have not.
  [[nodiscard]] bool has_told_all() const noexcept { return hooks_.is_idle(); }
  void give_up(Outbox& out);

 private:
  void start_hooks(Outbox& out);
  void start_checks(proto::TimePoint now);
  void on_ended(const Ended& ended, proto::TimePoint now, Outbox& out);
  void on_check_ended(const std::string& name, const Ending& ending, proto::TimePoint now,
                      Outbox& out);
  void on_hook_ended(const HookQueue::Run& run, const Ending& ending, proto::TimePoint now,
                     Outbox& out);

  Engine& engine_;
  ProgramRunner& runner_;
  HookQueue hooks_;
  std::map<RunId, HookQueue::Run> running_hooks_;
  Tracks tracks_;
  std::map<RunId, std::string> running_checks_;  // by name
  LogLimiter limiter_;
};

}  // namespace carp::control
