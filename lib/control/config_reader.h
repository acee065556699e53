// SPDX-License-Identifier: BSD-3-Clause
//
// From the text of carp.ini to a Config, or to every fault in it with its line (I1.2, I2.1 to
// I2.13). Pure but for one thing that is handed in: how to read the file behind pass_file.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/control/config.h"
#include "lib/control/config_remark.h"
#include "lib/net/result.h"

namespace carp::control {

struct ReadConfig {
  std::optional<Config> config;  // absent when there is a fault
  std::vector<Remark> faults;    // in the order of lines; never hold a password (I5.3)
  std::vector<Remark> warnings;  // cut pass phrases, no pass phrase, ignored rc.conf variables, ...
};

struct Unreadable {
  std::string reason;  // "No such file or directory"
};

// What config_reader needs from outside.
struct Surroundings {
  // The content of a file, or why it can't be read.
  std::function<net::Result<std::string, Unreadable>(const std::string& path)> read_file;
  // True where others than the owner can read the configuration file itself (I2.5).
  bool readable_by_others = false;
  // Why a program cannot be run; empty where it can. Absent: nobody looks.
  std::function<std::string(const std::string& path)> why_not_executable;
};

[[nodiscard]] ReadConfig read_config(std::string_view text, const Surroundings& surroundings);

}  // namespace carp::control
