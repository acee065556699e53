// SPDX-License-Identifier: BSD-3-Clause
//
// What an answer may do to the terminal it is shown on: nothing. Pure.
#pragma once

#include <cstddef>
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

// How many bytes the UTF-8 character has that `text` begins with; 0 where it begins with none, or
// with a control character (U+0080 to U+009F).
[[nodiscard]] inline size_t utf8_size(std::string_view text) {
  const auto byte = [text](size_t i) { return i < text.size() ? uint8_t(text[i]) : uint8_t{0}; };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return text.empty() ? 0 : 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (size_t i = 1; i < size; ++i) {
    if (byte(i) >> 6 != 2) return 0;
  }
  // Of what is left, some second bytes write a character in more bytes than it needs, half a
  // character of UTF-16, or one past the last (RFC 3629).
  const uint8_t second = byte(1);
  const bool is_control = lead == 0xc2 && second < 0xa0;
  const bool too_long = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool no_character = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f);
  return is_control || too_long || no_character ? 0 : size;
}

// An error quotes what was typed, which may be anything: each byte that belongs to no UTF-8
// character becomes '?', or an eight-bit terminal could take it for a control character.
[[nodiscard]] inline std::string printable_error(std::string_view text) {
  std::string clean = printable(text);
  for (size_t at = 0; at < clean.size();) {
    const size_t size = utf8_size(std::string_view(clean).substr(at));
    if (size == 0) clean[at] = '?';
    at += size == 0 ? 1 : size;
  }
  return clean;
}

}  // namespace carp::control
