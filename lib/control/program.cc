// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/program.h"

#include <cstring>

namespace carp::control {

std::string to_string(const Ending& ending) {
  switch (ending.how) {
    case Ending::How::exited: return "exit status " + std::to_string(ending.code);
    case Ending::How::killed: return "killed by signal " + std::to_string(ending.code);
    case Ending::How::timed_out: return "killed after " + std::to_string(ending.code) + " s";
    case Ending::How::not_started: return std::string("cannot be run: ") + strerror(ending.code);
  }
  return "?";
}

}  // namespace carp::control
