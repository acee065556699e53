// SPDX-License-Identifier: BSD-3-Clause
//
// What an answer may do to the terminal it is shown on: nothing. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace carp::control {

// Control characters other than line ends and tabs become '?'. UTF-8 stays as it is.
[[nodiscard]] inline std::string printable(std::string_view text) {
  std::string clean(text);
  for (char& byte : clean) {
    const auto value = static_cast<uint8_t>(byte);
    if ((value < 0x20 && byte != '\n' && byte != '\t') || value == 0x7f) byte = '?';
  }
  return clean;
}

// An error quotes what was typed, which may be anything: ASCII only, so that no byte above 0x7f
// passes for a control character of an eight-bit terminal either.
[[nodiscard]] inline std::string printable_error(std::string_view text) {
  std::string clean = printable(text);
  for (char& byte : clean) {
    if (static_cast<uint8_t>(byte) > 0x7f) byte = '?';
  }
  return clean;
}

}  // namespace carp::control
