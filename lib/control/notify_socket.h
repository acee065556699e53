// SPDX-License-Identifier: BSD-3-Clause
//
// The way to the service manager: a datagram to the socket that it names in the environment, as
// sd_notify(3) describes it. libsystemd's own function waits while the manager's queue is full;
// this one never does. Control's thread.
#pragma once

#include <optional>
#include <string>

#include "lib/proto/time.h"

namespace carp::control {

// What the service manager left in the environment of a service.
struct ServiceEnvironment {
  std::string socket;                       // empty: it listens to nothing
  std::optional<proto::Duration> watchdog;  // how often it wants a sign of life
};

// Takes it out of the environment, so that no child speaks in our name. Requires: no other thread
// runs.
[[nodiscard]] ServiceEnvironment take_service_environment();

class NotifySocket {
 public:
  // `path`: of a socket, or after '@' its abstract name. Not more than is said where there is none.
  explicit NotifySocket(std::string path);
  ~NotifySocket();
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // Sends one datagram and returns at once; false where nobody took it.
  [[nodiscard]] bool send(const std::string& text) const noexcept;

 private:
  std::string path_;
  int socket_ = -1;
};

}  // namespace carp::control
