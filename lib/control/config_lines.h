// SPDX-License-Identifier: BSD-3-Clause
//
// The first pass over carp.ini: lines, comments and sections, before any key has a meaning. It
// stands in front of Boost's INI reader, which knows no line numbers and no comments but its
// own, and would cut a value at any '#'. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/control/config_remark.h"

namespace carp::control {

inline constexpr size_t kConfigLineMax = 1024;  // bytes

// One `key = value`. The value of `pass` is all that follows the '=', blanks and '#' included:
// whether the file can carry it is not for this pass to say (I2.5). In [rc.conf] there is no key
// and the value is the whole line.
struct Entry {
  int line = 0;
  std::string key;
  std::string value;
};

// [kind] or [kind name]. An empty kind marks a header that could not be read; what follows it has
// no meaning and is passed over.
struct Section {
  int line = 0;
  std::string kind;
  std::string name;
  std::vector<Entry> entries;

  // "[interface lan0]", fit for a message.
  [[nodiscard]] std::string title() const;
};

[[nodiscard]] std::vector<Section> split_sections(std::string_view text, Findings& findings);

[[nodiscard]] constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
// Without blanks at either end.
[[nodiscard]] std::string_view trim(std::string_view text);
// Blank-separated words.
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);

}  // namespace carp::control
