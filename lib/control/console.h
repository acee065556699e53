// SPDX-License-Identifier: BSD-3-Clause
//
// Where operators talk to a running appliance: telnet on TCP, plain lines on a UNIX socket (I3.1,
// I3.2, I3.6). Sessions only turn bytes into lines and answers into bytes; what a line does is
// decided by the function handed in. Runs on control's own thread and never blocks it: poll()
// does what is ready and returns.
//
// 8 sessions on TCP and 8 on the UNIX socket: however many clients crowd the port, dpdk-carpctl
// still gets in. A line has at most 1,024 bytes. On TCP who may change things is decided by the
// password, where one is asked for, else by the owner of the peer's socket at the moment of its
// acceptance: root or this program's own user.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/control/complaints.h"
#include "lib/control/completion.h"
#include "lib/control/config.h"
#include "lib/control/reply.h"

namespace carp::control {

inline constexpr size_t kSessionsMax = 8;  // on each of the two (I3.1)
inline constexpr int kLinesPerPoll = 4;    // executed or completed by one poll(), of all sessions

// Does what a line says; throws nothing. Called from poll().
using Execute = std::function<Reply(std::string_view line, Access access)>;
// Asks for what a line waits for: nothing yet, or the rest of its answer. Called from poll().
using Resume = std::function<std::optional<Reply>(const Waiting& waiting, Access access)>;
// What may stand behind the beginning of a line. Called from poll().
using Complete = std::function<Completion(std::string_view before_cursor)>;

// Who answers. Without `resume` no line may wait, without `complete` nothing is completed.
struct Answerer {
  Execute execute;
  Resume resume{};
  Complete complete{};
};

class Console {
 public:
  // Opens the sockets. Throws dpdk::StartError (69) where an address or socket is taken by a live
  // program, naming it; replaces a stale UNIX socket. `password`: what TCP sessions are asked for;
  // empty: they are not. Requires: it is there where config.password_file is. `complain`: told
  // from poll() which client does what it should not.
  Console(const ControlConfig& config, Answerer answerer, std::string password = {},
          Complain complain = {});
  ~Console();  // closes all sessions, removes its UNIX socket
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  // Does what is ready, a bounded amount, and returns.
  void poll();

  // Where TCP listens, with the port that the system chose for port 0; nothing without TCP.
  [[nodiscard]] std::optional<Endpoint> listens_on() const;

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace carp::control
