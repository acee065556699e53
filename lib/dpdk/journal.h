// SPDX-License-Identifier: BSD-3-Clause
//
// The log under systemd: where stderr is the journal's, each line is there once, with its priority,
// which is `<4>` and the like before it (sd-daemon(3)). The EAL's own stream would tell each line
// twice, on stderr without a priority and by syslog(3). Opened by main; any thread logs to it.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dpdk/log.h"

namespace carp::dpdk {

// Whether `fd` is the socket to the journal that JOURNAL_STREAM names (systemd.exec(5)).
[[nodiscard]] bool is_journal(int fd);

// From now on all that DPDK logs, and we do, goes to stderr with its priority, and not to
// syslog(3). Nothing changes where stderr is no journal, nor where the EAL's options ask for
// syslog. Before the EAL is started, which keeps a stream that it finds.
void log_to_journal(const std::vector<std::string>& eal_arguments);

// What a line begins with that is written to stderr beside the log: its priority, where stderr is
// the journal's, else nothing.
[[nodiscard]] std::string_view journal_prefix(LogLevel level);

// A stream for rte_openlog_stream() that writes to `socket`. It never waits: what a journal that is
// stuck does not take is dropped, and how many messages that were stands before the next one.
// Throws StartError where it cannot be had.
[[nodiscard]] std::FILE* open_journal(int socket);

}  // namespace carp::dpdk
