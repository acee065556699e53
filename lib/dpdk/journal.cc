// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/journal.h"

#include <rte_log.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "lib/dpdk/start_error.h"

namespace carp::dpdk {
namespace {

// By what rte_log_cur_msg_loglevel() says less one: the numbers of syslog(3).
constexpr std::array<std::string_view, 8> kPrefixes{"<0>", "<1>", "<2>", "<3>",
                                                    "<4>", "<5>", "<6>", "<7>"};

// Used by whoever holds the stream's lock, as stdio's functions do.
struct Journal {
  int socket;
  bool in_line = false;  // the last that was sent did not end its line
  uint64_t lost = 0;     // messages since then
};

// Of the message that this thread is writing. Outside of one, as when DPDK dumps something to the
// stream of the log, there is no level.
[[nodiscard]] std::string_view current_prefix() {
  const int level = rte_log_cur_msg_loglevel();
  return level < static_cast<int>(RTE_LOG_EMERG) || level > static_cast<int>(RTE_LOG_MAX)
             ? kPrefixes[RTE_LOG_INFO - 1]
             : kPrefixes[static_cast<size_t>(level) - 1];
}

[[nodiscard]] std::string loss_report(const Journal& journal) {
  if (journal.lost == 0) return {};
  return std::string(journal.in_line ? "\n" : "") + std::string(kPrefixes[RTE_LOG_WARNING - 1]) +
         "event=log_lost messages=" + std::to_string(journal.lost) + "\n";
}

// Each line with the prefix; a line whose beginning was sent before has one.
[[nodiscard]] std::string with_prefix(std::string_view text, std::string_view prefix,
                                      bool in_line) {
  std::string lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
    if (!in_line) lines += prefix;
    lines += line;
    in_line = line.back() != '\n';
    text.remove_prefix(line.size());
  }
  return lines;
}

// A UNIX stream takes a message of this size as a whole or not at all. stdio is told that all went
// well in any case: a log that fails is no reason for it to fail for good.
ssize_t write_journal(void* cookie, const char* data, size_t size) {
  Journal& journal = *static_cast<Journal*>(cookie);
  const std::string_view text(data, size);
  if (text.empty()) return 0;
  std::string message = loss_report(journal);
  message += with_prefix(text, current_prefix(), journal.in_line && message.empty());
  if (send(journal.socket, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
    ++journal.lost;
  } else {
    journal.lost = 0;
    journal.in_line = text.back() != '\n';
  }
  return static_cast<ssize_t>(size);
}

int close_journal(void* cookie) {
  delete static_cast<Journal*>(cookie);
  return 0;
}

[[nodiscard]] bool asks_for_syslog(const std::vector<std::string>& eal_arguments) {
  return std::any_of(eal_arguments.begin(), eal_arguments.end(),
                     [](const std::string& argument) { return argument.starts_with("--syslog"); });
}

}  // namespace

bool is_journal(int fd) {
  const char* named = std::getenv("JOURNAL_STREAM");
  struct stat status = {};
  return named != nullptr && fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode) &&
         std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == named;
}

void log_to_journal(const std::vector<std::string>& eal_arguments) {
  if (!is_journal(STDERR_FILENO) || asks_for_syslog(eal_arguments)) return;
  rte_openlog_stream(open_journal(STDERR_FILENO));
}

std::string_view journal_prefix(LogLevel level) {
  return is_journal(STDERR_FILENO) ? kPrefixes[rte_level(level) - 1] : std::string_view();
}

std::FILE* open_journal(int socket) {
  auto journal = std::make_unique<Journal>(Journal{.socket = socket});
  std::FILE* stream = fopencookie(
      journal.get(), "w",
      {.read = nullptr, .write = write_journal, .seek = nullptr, .close = close_journal});
  if (stream == nullptr)
    throw StartError(ExitCode::internal, "the log cannot be opened: no memory");
  static_cast<void>(journal.release());  // close_journal has it
  // stdio then hands over a message as a whole, under the stream's lock, from the thread whose
  // message it is: that of another thread has another level.
  setvbuf(stream, nullptr, _IONBF, 0);
  return stream;
}

}  // namespace carp::dpdk
