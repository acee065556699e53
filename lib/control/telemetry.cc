// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/telemetry.h"

#include <charconv>
#include <string>
#include <vector>

#include "lib/control/show.h"
#include "lib/dpdk/telemetry.h"

namespace carp::control {
namespace {

constexpr const char* kTopics[] = {"vhosts", "interfaces", "workers",
                                   "peers",  "statistics", "demotion"};
constexpr size_t kEntriesMax = 10;  // a worker takes 1.3 KB of DPDK's 16

// Where a list begins, from 0; 0 where nothing is said.
[[nodiscard]] std::optional<size_t> parse_first(const std::string& parameters) {
  size_t first = 0;
  if (parameters.empty()) return first;
  const char* const end = parameters.data() + parameters.size();
  const auto [rest, error] = std::from_chars(parameters.data(), end, first);
  if (error != std::errc() || rest != end) return std::nullopt;
  return first;
}

[[nodiscard]] std::optional<std::string> answer(Inquiries& inquiries, const std::string& topic,
                                                const std::string& parameters) {
  const std::optional<size_t> first = parse_first(parameters);
  if (!first) return std::nullopt;
  std::optional<std::string> text;
  const bool answered = inquiries.ask([&](const ShowInput& input) {
    ShowInput part = input;
    part.window = {*first, kEntriesMax};
    text = show(topic, ShowForm::json, part);
  });
  return answered ? text : std::nullopt;
}

}  // namespace

void serve_telemetry(Inquiries& inquiries) {
  std::vector<dpdk::TelemetryCommand> commands;
  for (const std::string topic : kTopics)
    commands.push_back({"/carp/" + topic, "What show " + topic + " tells. Parameters: int first",
                        [&inquiries, topic](const std::string& parameters) {
                          return answer(inquiries, topic, parameters);
                        }});
  dpdk::add_telemetry_commands(std::move(commands));
}

}  // namespace carp::control
