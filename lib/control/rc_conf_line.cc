// SPDX-License-Identifier: BSD-3-Clause
//
// One assignment of a shell script, as far as rc.conf(5) uses the shell: quoting and comments.
#include <cctype>

#include "lib/control/rc_conf.h"

namespace carp::control {
namespace {

// What these would do is known to a shell alone. None of the messages here repeats the line,
// which may hold a password.
constexpr std::string_view kExpanded = "\\$`";
constexpr std::string_view kOperators = ";&|<>()";

[[nodiscard]] std::string_view take_name(std::string_view& line) {
  size_t end = 0;
  while (end < line.size() &&
         (std::isalnum(static_cast<unsigned char>(line[end])) != 0 || line[end] == '_')) {
    ++end;
  }
  const std::string_view name = line.substr(0, end);
  line.remove_prefix(end);
  return name;
}

// Takes one shell word, quoted in parts or as a whole. Answers what is wrong, or null.
[[nodiscard]] const char* take_word(std::string_view& text, std::string& word) {
  char quote = 0;  // the quote that is open
  for (; !text.empty(); text.remove_prefix(1)) {
    const char c = text.front();
    if (quote == 0 && is_blank(c)) break;
    if (quote != '\'' && kExpanded.find(c) != kExpanded.npos) {
      return "'$', '`' and '\\' have no meaning without a shell";
    }
    if (quote == 0 && kOperators.find(c) != kOperators.npos) return "the value needs quotes";
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else {
      word += c;
    }
  }
  return quote == 0 ? nullptr : "the quote is not closed on this line";
}

}  // namespace

net::Result<RcVariable, std::string> parse_rc_line(std::string_view line) {
  line = trim(line);
  RcVariable variable;
  variable.name = take_name(line);
  const bool is_name =
      !variable.name.empty() && std::isdigit(static_cast<unsigned char>(variable.name[0])) == 0;
  if (!is_name || !line.starts_with('=')) return std::string("not a VARIABLE=\"value\" line");
  if (!is_meaningful_rc_variable(variable.name)) return variable;
  line.remove_prefix(1);
  if (const char* why = take_word(line, variable.value)) return shown(variable.name) + ": " + why;
  line = trim(line);
  if (!line.empty() && line.front() != '#') {
    return shown(variable.name) + ": the value needs quotes, it ends at the first blank";
  }
  return variable;
}

}  // namespace carp::control
