// SPDX-License-Identifier: BSD-3-Clause
//
// A program of somebody else's that this one starts (hooks, health checks), and how it ended: plain
// values, handed between control and the thread that runs them. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace carp::control {

// What a program writes may be a flood: so many lines of a run, cut at so many bytes, are kept.
inline constexpr size_t kLinesKept = 10;
inline constexpr size_t kLineKept = 200;

struct Program {
  std::vector<std::string> arguments;    // the first is its path
  std::vector<std::string> environment;  // NAME=VALUE; all that it gets
  std::chrono::seconds timeout{10};
};

struct Ending {
  enum class How : uint8_t { exited, killed, timed_out, not_started };
  How how = How::exited;
  int code = 0;  // exit status, signal, seconds, errno
  std::vector<std::string> lines;
  uint64_t lines_left_out = 0;

  [[nodiscard]] bool is_success() const noexcept { return how == How::exited && code == 0; }
};

// "exit status 3", "killed after 10 s", "cannot be run: Permission denied".
[[nodiscard]] std::string to_string(const Ending& ending);

}  // namespace carp::control
