// SPDX-License-Identifier: BSD-3-Clause
//
// The answer to one line of a console, and what its sender may do. Shared by the console, which
// carries lines and answers, and the commands, which understand them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace carp::control {

// What a line waits for, and its commands after that (commands.h).
struct Waiting;

struct Reply {
  std::string text;    // lines, each ended by \n, or a piece of them; may be empty
  bool error = false;  // the last line of the text starts "error: "
  bool quit = false;   // close this session after the text
  // Set: there is more to come, for which the session asks with this. Never with error or quit.
  std::shared_ptr<const Waiting> waiting;
};

// May the session change things, or only look (I3.1)?
enum class Access : uint8_t { change, show_only };

}  // namespace carp::control
