// SPDX-License-Identifier: BSD-3-Clause
//
// A reload as the engine sees it (I2.12): what runs, and the difference to a file carried out with
// the same calls that console commands make. Pure; control only.
#pragma once

#include <string>
#include <vector>

#include "lib/control/config_reader.h"
#include "lib/control/engine.h"
#include "lib/control/reply.h"

namespace carp::control {

// The virtual hosts in the order in which they are written: carp2 before carp10.
[[nodiscard]] std::vector<const VhostEntry*> in_file_order(const Engine& engine);

// What runs now, console changes included; virtual hosts in the order of their names' numbers.
[[nodiscard]] Config running_config(const Engine& engine);

// Makes the engine run what was read from `file`, or changes nothing and answers every fault. Else
// the answer has the warnings, what was changed and what is left until a restart, a line each.
[[nodiscard]] Reply reload_engine(Engine& engine, const std::string& file, const ReadConfig& read,
                                  proto::TimePoint now, Outbox& out);

}  // namespace carp::control
