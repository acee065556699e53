// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/log.h"

#include <rte_log.h>

#include <array>

namespace carp::dpdk {
namespace {

struct LevelName {
  std::string_view word;
  LogLevel level;
  uint32_t rte_level;
};

constexpr std::array<LevelName, 5> kLevels{{
    {"error", LogLevel::error, RTE_LOG_ERR},
    {"warning", LogLevel::warning, RTE_LOG_WARNING},
    {"notice", LogLevel::notice, RTE_LOG_NOTICE},
    {"info", LogLevel::info, RTE_LOG_INFO},
    {"debug", LogLevel::debug, RTE_LOG_DEBUG},
}};

// Registered at the first line, so that an EAL --log-level given before applies to them too.
[[nodiscard]] const std::array<int, 3>& log_types() {
  static const std::array<int, 3> kTypes{
      rte_log_register_type_and_pick_level("carp.control", RTE_LOG_INFO),
      rte_log_register_type_and_pick_level("carp.worker", RTE_LOG_INFO),
      rte_log_register_type_and_pick_level("carp.proto", RTE_LOG_INFO),
  };
  return kTypes;
}

}  // namespace

uint32_t rte_level(LogLevel level) { return kLevels[static_cast<size_t>(level)].rte_level; }

void log(LogType type, LogLevel level, std::string_view line) {
  const int id = log_types()[static_cast<size_t>(type)];
  if (id < 0) return;
  rte_log(rte_level(level), static_cast<uint32_t>(id), "%.*s\n", static_cast<int>(line.size()),
          line.data());
}

void set_log_level(LogLevel level) {
  for (const int id : log_types()) {
    if (id >= 0) rte_log_set_level(static_cast<uint32_t>(id), rte_level(level));
  }
}

std::optional<LogLevel> parse_log_level(std::string_view word) {
  for (const LevelName& entry : kLevels) {
    if (entry.word == word) return entry.level;
  }
  return std::nullopt;
}

}  // namespace carp::dpdk
