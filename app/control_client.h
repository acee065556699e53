// SPDX-License-Identifier: BSD-3-Clause
//
// The other end of the console's UNIX socket: one line there, its answer back (I3.6). Plain
// blocking sockets, no DPDK: dpdk-carpctl must start in a blink and run anywhere.
#pragma once

#include <string>
#include <string_view>

#include "lib/net/result.h"

namespace carp::app {

// What came back for one line.
struct Answer {
  std::string text;
  // The last line, where it is the console's "error: ..."; empty when all went well.
  [[nodiscard]] std::string_view error() const;
};

// Why there is no answer, as one line for stderr.
struct NoAnswer {
  std::string text;
};

// Requires: `line` has no line end in it.
[[nodiscard]] net::Result<Answer, NoAnswer> ask(const std::string& socket_path,
                                                std::string_view line);

}  // namespace carp::app
