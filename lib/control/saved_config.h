// SPDX-License-Identifier: BSD-3-Clause
//
// The configuration file on the disk (carp.ini), and the files it names. Blocks: at start, or on
// the helper's thread.
#pragma once

#include <string>

#include "lib/control/config_reader.h"
#include "lib/net/result.h"

namespace carp::control {

// What the file says, or why it can't be read.
[[nodiscard]] net::Result<ReadConfig, Unreadable> read_saved_config(const std::string& path);

}  // namespace carp::control
