// SPDX-License-Identifier: BSD-3-Clause
//
// The command line (interface.md, section 1): EAL options, `--`, the program's own.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "lib/dpdk/log.h"

namespace carp::app {

enum class Mode { run, check, help, version };

struct Options {
  Mode mode = Mode::run;
  std::vector<std::string> eal_arguments;  // the program's name first
  std::string config_file;
  std::string against_file;  // of a peer, for Mode::check; may be empty
  std::optional<dpdk::LogLevel> log_level;
};

// Throws dpdk::StartError (64) with one line on what is wrong.
[[nodiscard]] Options parse_options(int argc, const char* const* argv);

[[nodiscard]] std::string usage();

}  // namespace carp::app
