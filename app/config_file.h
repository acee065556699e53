// SPDX-License-Identifier: BSD-3-Clause
//
// carp.ini from the disk: reads it, checks it, and for --check says what it found (I1.2).
#pragma once

#include <string>

#include "lib/control/config_reader.h"

namespace carp::app {

// Throws dpdk::StartError (78) where the file itself can't be read.
[[nodiscard]] control::ReadConfig read_config_file(const std::string& path);

// --check: prints every fault and warning to stdout; the exit code.
[[nodiscard]] int check_config(const std::string& path);

// --check --against: the same for both files, then what keeps the two hosts from being one group
// and what is only unusual; the exit code.
[[nodiscard]] int check_against(const std::string& path, const std::string& peer_path);

// For a start: prints faults to stderr and throws dpdk::StartError (78), also where the file asks
// for what this version does not do. Warnings go to the log.
[[nodiscard]] control::Config require_config(const std::string& path);

}  // namespace carp::app
