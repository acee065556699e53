// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/notify_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace carp::control {
namespace {

[[nodiscard]] std::string take(const char* name) {
  const char* value = std::getenv(name);
  std::string taken = value != nullptr ? value : "";
  unsetenv(name);
  return taken;
}

[[nodiscard]] std::optional<int64_t> number_in(const std::string& text) {
  int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number <= 0) return std::nullopt;
  return number;
}

}  // namespace

ServiceEnvironment take_service_environment() {
  ServiceEnvironment environment{.socket = take("NOTIFY_SOCKET")};
  const std::string process = take("WATCHDOG_PID");
  const auto watchdog = number_in(take("WATCHDOG_USEC"));
  // It may be meant for whoever started us.
  const bool is_ours = process.empty() || number_in(process) == getpid();
  if (watchdog && is_ours) environment.watchdog = proto::Duration(*watchdog);
  return environment;
}

NotifySocket::NotifySocket(std::string path) : path_(std::move(path)) {
  if (!path_.empty()) socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

NotifySocket::~NotifySocket() {
  if (socket_ >= 0) close(socket_);
}

bool NotifySocket::send(const std::string& text) const noexcept {
  sockaddr_un manager{};
  manager.sun_family = AF_UNIX;
  if (socket_ < 0 || path_.size() > sizeof manager.sun_path) return false;
  std::memcpy(manager.sun_path, path_.data(), path_.size());
  if (path_.front() == '@') manager.sun_path[0] = '\0';  // abstract: no file
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
  const ssize_t sent = sendto(socket_, text.data(), text.size(), MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&manager), length);
  return sent == static_cast<ssize_t>(text.size());
}

}  // namespace carp::control
