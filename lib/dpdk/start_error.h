// SPDX-License-Identifier: BSD-3-Clause
//
// Why the program cannot start. Thrown only before the lcores run; main prints the text and exits
// with the code (I1.4).
#pragma once

#include <stdexcept>
#include <string>

namespace carp::dpdk {

// sysexits(3).
enum class ExitCode : int {
  ok = 0,
  usage = 64,
  unavailable = 69,  // a port or resource is not there
  internal = 70,
  permission = 77,
  config = 78,
};

class StartError : public std::runtime_error {
 public:
  // `text`: one line that says what was tried, on which object, why it failed, what to do.
  StartError(ExitCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

}  // namespace carp::dpdk
