// SPDX-License-Identifier: BSD-3-Clause
//
// A console line taken apart as a shell would (I3.3): commands joined by &&, words divided by
// blanks, '...' and "..." around what holds a blank or &&. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/net/result.h"

namespace carp::control {

using Words = std::vector<std::string>;

// The commands in their order, none of them without a word; none at all for a blank line. Or what
// is wrong, which never repeats any of the line: it may hold a password.
[[nodiscard]] net::Result<std::vector<Words>, std::string> split_line(std::string_view line);

// A line up to the cursor that is typing it.
struct Unfinished {
  Words words;          // of the last command, those that are whole
  std::string word;     // the one at the cursor; empty before its first character
  bool quoted = false;  // a part of it is in quotes
};
[[nodiscard]] Unfinished split_unfinished(std::string_view before_cursor);

}  // namespace carp::control
