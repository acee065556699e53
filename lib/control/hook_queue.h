// SPDX-License-Identifier: BSD-3-Clause
//
// Which hook is run when (I2.9): the changes of one virtual host one after the other in their
// order, those of several beside each other, and never more programs at once or changes in line
// than the named limits, however fast states change. Pure; control only.
//
// Where a line is full, its two oldest changes become one, from where the first began to where the
// second ended; where that is one state nothing is left to tell. So OLD of a hook is NEW of the one
// before, and the last state is always told.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/control/outbox.h"

namespace carp::control {

inline constexpr size_t kHooksAtOnce = 4;
inline constexpr size_t kChangesInLine = 8;  // of one virtual host, beside the one that is told

class HookQueue {
 public:
  struct Run {
    std::string program;
    StateChange change;
    uint64_t left_out = 0;  // changes of this virtual host that nobody was told since the last run
  };

  void add(StateChange change);
  // A program to be run now, until on_ended says that it was; nothing where none may or waits.
  // `programs`: what a change that comes to be told now is told to, one after the other.
  [[nodiscard]] std::optional<Run> next(const std::vector<std::string>& programs);
  // The program for that virtual host has ended.
  void on_ended(const std::string& name);
  // Nobody is told any of it; returns how many changes that were. For the end, and for a
  // configuration without hooks.
  size_t drop_waiting();

  [[nodiscard]] bool is_idle() const noexcept { return lines_.empty(); }

 private:
  // Of one virtual host.
  struct Line {
    std::deque<StateChange> waiting;
    std::optional<StateChange> told;    // the change whose programs are run
    std::vector<std::string> programs;  // those that have still to be run for it
    uint64_t left_out = 0;
  };
  static void shorten(Line& line);

  std::map<std::string, Line> lines_;  // by name; there while anything waits or runs
  std::deque<std::string> ready_;      // those with something to be run and nothing that runs
  size_t running_ = 0;
};

}  // namespace carp::control
