// SPDX-License-Identifier: BSD-3-Clause
//
// A program that runs: started in a process group of its own, watched by two file descriptors,
// killed with all that it started. It gets nothing of ours but the three standard streams: no open
// file, no signal mask, no real-time priority, no CPU that the EAL pinned a thread to (the thread
// that starts it has none of these either).
//
// Started by posix_spawn, which does not copy this process, as fork would: with hugepages mapped
// and workers running that costs milliseconds, each write of a worker a page fault, and a lock that
// some thread held stays locked in the copy. posix_spawn shares the memory until the program is
// loaded and stops the one thread that called it, which is never control's. Used by program_runner
// alone.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>

#include "lib/control/program.h"
#include "lib/control/program_output.h"
#include "lib/net/result.h"

namespace carp::control {

class ChildProcess {
 public:
  using Clock = std::chrono::steady_clock;

  // Or the errno of why it could not be started.
  [[nodiscard]] static net::Result<ChildProcess, int> start(const Program& program,
                                                            Clock::time_point now);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();  // kills and buries it

  // Readable once it has ended.
  [[nodiscard]] int process_fd() const noexcept { return process_fd_; }
  // Readable where it has written; -1 where nobody writes any more, or where it writes so much that
  // it has to wait until wants_look_at().
  [[nodiscard]] int output_fd(Clock::time_point now) const noexcept;
  // When to look at it though neither is readable.
  [[nodiscard]] Clock::time_point wants_look_at(Clock::time_point now) const noexcept;

  // Takes what it has written, a bounded amount.
  void read_output(Clock::time_point now);
  // Kills it where its time is over.
  void kill_if_overdue(Clock::time_point now);
  void kill_group() const;
  // Buries it and what is left of its group. Requires: it has ended.
  [[nodiscard]] Ending bury();

 private:
  ChildProcess(pid_t pid, int process_fd, int output_fd, Clock::time_point now,
               std::chrono::seconds timeout);
  void close_output();

  pid_t pid_;  // of the process and of its group; 0: moved away or buried
  int process_fd_;
  int output_fd_;  // -1: closed
  std::chrono::seconds timeout_;
  Clock::time_point overdue_at_;
  Clock::time_point read_again_at_;
  size_t bytes_read_ = 0;
  bool timed_out_ = false;
  ProgramOutput output_;
};

}  // namespace carp::control
