// SPDX-License-Identifier: BSD-3-Clause
//
// The thread that starts programs, reads what they write, kills those whose time is over, and tells
// how they ended. It runs what it is told at once: how many and in which order is control's to
// decide (hook_queue, tracks). Control never waits for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "lib/control/program.h"

namespace carp::control {

using RunId = uint64_t;

struct Ended {
  RunId id = 0;
  Ending ending;
};

class ProgramRunner {
 public:
  // Requires: called before the EAL ties this thread to a core, or all programs would run there.
  ProgramRunner();
  // Kills what still runs, with all that it started.
  ~ProgramRunner();
  ProgramRunner(const ProgramRunner&) = delete;
  ProgramRunner& operator=(const ProgramRunner&) = delete;

  // --- control only; all return at once ---
  // The answer is the name under which its end is told.
  [[nodiscard]] RunId start(Program program);
  // Hands over what was started, takes what has ended; where the thread is at the desk just now the
  // next call does.
  [[nodiscard]] std::vector<Ended> poll();

 private:
  struct Desk;
  struct Order {
    RunId id = 0;
    Program program;
  };
  class Watch;
  static void run(Desk& desk);

  std::shared_ptr<Desk> desk_;
  std::vector<Order> orders_;  // not handed over yet
  RunId last_id_ = 0;
  std::thread thread_;
};

}  // namespace carp::control
