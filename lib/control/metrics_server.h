// SPDX-License-Identifier: BSD-3-Clause
//
// GET /metrics over HTTP, on a thread of its own, so that nothing a client does reaches control.
// A connection carries one request and has 10 seconds for it. At most 16 are open: the next one
// takes the place of the oldest, so that clients which never finish keep no one out. Who is hung up
// on is named in the log.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "lib/control/complaints.h"
#include "lib/control/config.h"

namespace carp::control {

inline constexpr size_t kScrapesMax = 16;

// The page, or null where there is none now (503). Called on the server's thread; may take its
// time.
using GetPage = std::function<std::shared_ptr<const std::string>()>;

class MetricsServer {
 public:
  // Listens and serves. Throws dpdk::StartError (69) where the address is taken. Requires: called
  // before the EAL ties this thread to a core, or the server would run there too. `complain` is
  // called on the server's thread.
  MetricsServer(const Endpoint& endpoint, GetPage get_page, Complain complain);
  ~MetricsServer();  // waits for a `get_page` under way
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  // Where it listens, with the port that the system chose for port 0.
  [[nodiscard]] Endpoint listens_on() const;

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace carp::control
