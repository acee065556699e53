// SPDX-License-Identifier: BSD-3-Clause
//
// A dump of the flight recorder as the capture file that people look at: each event is a packet,
// what control made of it the packet's comment. An event without a frame is a packet of length 0.
// Pure.
#pragma once

#include <string>

#include "lib/control/flight_log.h"

namespace carp::control {

// flight-2026-11-22T07-00-00.123456Z-carp0-MASTER.pcapng: the first change, with its time as in
// `show history` but for the colons, which some systems do not take. Sorted by name they are
// sorted by time.
[[nodiscard]] std::string flight_file_name(const FlightDump& dump);
// A name of that form, or of one that was left half written.
[[nodiscard]] bool is_flight_file(std::string_view name);

[[nodiscard]] std::string flight_file(const FlightDump& dump);

}  // namespace carp::control
