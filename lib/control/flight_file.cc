// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/flight_file.h"

#include <algorithm>

#include "lib/control/pcapng.h"
#include "lib/control/show_facts.h"

namespace carp::control {
namespace {

constexpr std::string_view kPrefix = "flight-";
constexpr std::string_view kSuffix = ".pcapng";
// The interface of what concerns the whole host.
constexpr const char* kHost = "control";

[[nodiscard]] std::string summary_of(const FlightDump& dump) {
  const HistoryEntry& change = dump.change;
  std::string text = change.name + ": ";
  text += to_string(change.from);
  text += " -> ";
  text += to_string(change.to);
  text += " (";
  text += to_string(change.reason);
  text += ") at " + rfc3339(change.unix_us);
  if (dump.changes > 1) text += "; changes=" + std::to_string(dump.changes) + ", this is the first";
  return text;
}

}  // namespace

std::string flight_file_name(const FlightDump& dump) {
  std::string time = rfc3339(dump.change.unix_us);
  std::replace(time.begin(), time.end(), ':', '-');
  std::string name = std::string(kPrefix) + time + '-' + dump.change.name + '-';
  name += to_string(dump.change.to);
  name += kSuffix;
  return name;
}

bool is_flight_file(std::string_view name) {
  return name.starts_with(kPrefix) &&
         (name.ends_with(kSuffix) || name.ends_with(std::string(kSuffix) + ".new"));
}

std::string flight_file(const FlightDump& dump) {
  PcapngFile file(summary_of(dump));
  for (const std::string& name : dump.interfaces) file.add_interface(name);
  file.add_interface(kHost);
  for (const FlightEvent& event : dump.events) {
    const size_t interface = std::min<size_t>(event.interface, dump.interfaces.size());
    file.add_packet({.interface = static_cast<uint32_t>(interface),
                     .unix_us = event.unix_us,
                     .length = event.frame_length,
                     .bytes = event.kept(),
                     .comment = event.text()});
  }
  return file.bytes();
}

}  // namespace carp::control
