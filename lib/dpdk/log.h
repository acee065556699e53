// SPDX-License-Identifier: BSD-3-Clause
//
// The log: lines to where DPDK logs (stderr and syslog, or the journal: journal.h), under log types
// of our own, so that `--log-level=carp.proto:debug` works as in every DPDK program (I5.1).
// Control's thread and that of the metrics server; workers never log. Works before the EAL is
// started, too.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace carp::dpdk {

// The log types carp.control, carp.worker and carp.proto.
enum class LogType : uint8_t { control, worker, proto };

// From grave to chatty; the words of syslog(3).
enum class LogLevel : uint8_t { error, warning, notice, info, debug };

// DPDK's number for it.
[[nodiscard]] uint32_t rte_level(LogLevel level);

// Writes one line. `line` holds no newline.
void log(LogType type, LogLevel level, std::string_view line);

// Nothing above `level` is written from now on, for all three types: the program's own --log-level.
void set_log_level(LogLevel level);

// "error", "warning", "notice", "info", "debug"; nothing for any other word.
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view word);

}  // namespace carp::dpdk
