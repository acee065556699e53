// SPDX-License-Identifier: BSD-3-Clause
//
// The few kinds of answers that commands give, at once or later. Pure.
#pragma once

#include <string>
#include <utility>

#include "lib/control/reply.h"

namespace carp::control {

[[nodiscard]] inline Reply answer(std::string text = {}) { return {.text = std::move(text)}; }

// One line (I3.2).
[[nodiscard]] inline Reply error(std::string message) {
  return {.text = "error: " + message + '\n', .error = true};
}

// For a session that may only look (I3.1).
[[nodiscard]] inline Reply denied() {
  return error(
      "permission denied: this session may only look; connect as root or as the user that "
      "dpdk-carp runs as");
}

}  // namespace carp::control
