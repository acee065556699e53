// SPDX-License-Identifier: BSD-3-Clause
//
// Commands for dpdk-telemetry.py (I4.1). DPDK answers them on threads of its own, one a client, so
// what answers must be safe there.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace carp::dpdk {

// The answer as a JSON object; nothing where there is none. `parameters` is what the client wrote
// behind the command and a comma; may be empty.
using TelemetryAnswer = std::function<std::optional<std::string>(const std::string& parameters)>;

struct TelemetryCommand {
  std::string name;  // "/carp/vhosts"
  std::string help;  // at most 63 bytes
  TelemetryAnswer answer;
};

// Requires: the EAL runs; called once; the answers are good to the end of the program, for DPDK
// forgets no command.
void add_telemetry_commands(std::vector<TelemetryCommand> commands);

}  // namespace carp::dpdk
