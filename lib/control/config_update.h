// SPDX-License-Identifier: BSD-3-Clause
//
// What `write` makes of the configuration file: the text that says what runs, checked before
// anything is written (I3.5). Pure but for the file reader handed in; the helper's thread.
#pragma once

#include <string>
#include <string_view>

#include "lib/control/config_reader.h"
#include "lib/control/reply.h"
#include "lib/net/result.h"

namespace carp::control {

// `text` of `file`, edited. Or the error, after all faults of the file, a line each:
// - the file is faulty, or what runs could not be started with (a virtual host without a vhid);
// - sections that the console cannot change differ from what runs: somebody edited them and has not
//   reloaded or restarted, and `write` would undo that.
[[nodiscard]] net::Result<std::string, Reply> update_config(const std::string& file,
                                                            std::string_view text,
                                                            const Config& running,
                                                            const Surroundings& surroundings);
// The text of a new file.
[[nodiscard]] net::Result<std::string, Reply> new_config(const std::string& file,
                                                         const Config& running,
                                                         const Surroundings& surroundings);

}  // namespace carp::control
