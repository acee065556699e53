// SPDX-License-Identifier: BSD-3-Clause
//
// The configuration file on the disk (carp.ini), and the files it names. Blocks: at start, or on
// the helper's thread.
#pragma once

#include <string>

#include "lib/control/config_reader.h"
#include "lib/control/reply.h"
#include "lib/net/result.h"

namespace carp::control {

// What the file says, or why it can't be read.
[[nodiscard]] net::Result<ReadConfig, Unreadable> read_saved_config(const std::string& path);

// The password in the file of [control] password_file (D2), or why there is none.
[[nodiscard]] net::Result<std::string, Unreadable> read_console_password(const std::string& path);

// Makes the file say what runs (config_update.h), whole or not at all, with the mode and owner it
// has; one that is gone is made anew, for its owner alone. Answers nothing, or the error.
[[nodiscard]] Reply write_saved_config(const std::string& path, const Config& running);

}  // namespace carp::control
