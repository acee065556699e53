// SPDX-License-Identifier: BSD-3-Clause
//
// The thread for whatever may block, a disk above all. Control hands it one job at a time and never
// waits for it; the job leaves its result where control finds it later.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>

namespace carp::control {

class Helper {
 public:
  // Requires: called before the EAL ties this thread to a core, or the helper would run there too.
  Helper();
  // As settle. A job left behind so ends with the program; what it refers to has to be its own.
  ~Helper();
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

  // Takes a job and returns at once; false while another is under way. Control only.
  [[nodiscard]] bool try_start(std::function<void()> job);
  // Waits for the job under way, for the end of the program: all calls together half a second at
  // most (I1.5), for a disk that hangs does not hold it up. False where a job still is under way.
  bool settle();

 private:
  struct Desk;
  static void run(Desk& desk);

  std::shared_ptr<Desk> desk_;
  std::chrono::milliseconds patience_{500};
  std::thread thread_;
};

}  // namespace carp::control
