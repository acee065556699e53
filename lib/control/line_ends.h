// SPDX-License-Identifier: BSD-3-Clause
//
// The ends that lines have on the wire, made one: LF, CR LF, CR NUL and a bare CR come out as LF.
// NUL is nothing. Pure; owned by one session.
#pragma once

#include <optional>
#include <utility>

namespace carp::control {

class LineEnds {
 public:
  [[nodiscard]] std::optional<char> feed(char byte) {
    const bool after_cr = std::exchange(after_cr_, byte == '\r');
    if (byte == '\0' || (byte == '\n' && after_cr)) return std::nullopt;
    return byte == '\r' ? '\n' : byte;
  }

 private:
  bool after_cr_ = false;  // an LF or NUL now belongs to that CR
};

}  // namespace carp::control
