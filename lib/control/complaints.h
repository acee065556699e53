// SPDX-License-Identifier: BSD-3-Clause
//
// Lines of log about clients that do what they should not, `console: peer=127.0.0.1:4711
// event=turned_away`: one a second for each event, with a count of those left out (I5.1). Whoever
// owns it calls it, on one thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "lib/control/log_limiter.h"

namespace carp::control {

// Writes a line to the log.
using Complain = std::function<void(const std::string& line)>;

class Complaints {
 public:
  // `door`: where the clients knock. Without `complain` nothing is said.
  Complaints(std::string door, Complain complain)
      : door_(std::move(door)), complain_(std::move(complain)) {}

  void note(const std::string& peer, const std::string& event) {
    if (!complain_) return;
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const auto line =
        limiter_.pass(event, door_ + ": peer=" + peer + " event=" + event,
                      proto::TimePoint(std::chrono::duration_cast<proto::Duration>(now)));
    if (line) complain_(*line);
  }

 private:
  const std::string door_;
  const Complain complain_;
  LogLimiter limiter_;
};

}  // namespace carp::control
