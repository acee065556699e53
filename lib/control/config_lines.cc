// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/config_lines.h"

#include <algorithm>
#include <cctype>

namespace carp::control {
namespace {

constexpr size_t kKeyMax = 64;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
// What stands on such a line may be a password, so it is not repeated.
constexpr const char* kNoEntry = "neither a [section] nor a `key = value` line";

// Takes the next line off `text`, without its LF or CRLF.
[[nodiscard]] std::string_view take_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A '#' at the start of a line or after a blank starts a comment.
[[nodiscard]] std::string_view cut_comment(std::string_view line) {
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || is_blank(line[i - 1]))) return line.substr(0, i);
  }
  return line;
}

[[nodiscard]] bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= kKeyMax && std::ranges::all_of(text, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
  });
}

[[nodiscard]] Section read_header(int number, std::string_view line, Findings& findings) {
  const std::string_view header = trim(cut_comment(line));
  Section section{number, {}, {}, {}};
  if (!header.ends_with(']')) {
    findings.fault(number, "the section has no closing ]");
    return section;
  }
  const auto words = split_words(header.substr(1, header.size() - 2));
  if (words.empty() || words.size() > 2) {
    findings.fault(number,
                   "unknown section " + (words.empty() ? "[]" : "[" + shown(words[0]) + " ...]"));
    return section;
  }
  section.kind = words[0];
  if (words.size() == 2) section.name = words[1];
  return section;
}

void read_entry(int number, std::string_view line, Section& section, Findings& findings) {
  if (section.kind == "rc.conf") {
    section.entries.push_back({number, {}, std::string(line)});
    return;
  }
  size_t equals = line.find('=');
  const bool is_pass = trim(line.substr(0, std::min(equals, line.size()))) == "pass";
  if (!is_pass) {
    line = cut_comment(line);
    equals = line.find('=');
  }
  const std::string_view key = trim(line.substr(0, std::min(equals, line.size())));
  if (equals == std::string_view::npos || !is_key(key)) {
    findings.fault(number, kNoEntry);
    return;
  }
  std::string_view value = line.substr(equals + 1);
  if (!is_pass) value = trim(value);
  section.entries.push_back({number, std::string(key), std::string(value)});
}

// Null where the line can be read.
[[nodiscard]] const char* damage(std::string_view line) {
  if (line.size() > kConfigLineMax) return "the line is longer than 1024 bytes";
  if (line.find('\0') != std::string_view::npos) return "the line holds a NUL byte";
  return nullptr;
}

}  // namespace

std::vector<Section> split_sections(std::string_view text, Findings& findings) {
  std::vector<Section> sections;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = take_line(text);
    const std::string_view content = trim(line);
    if (const char* why = damage(line)) {
      findings.fault(number, why);
    } else if (content.empty() || content[0] == '#' || content[0] == ';') {
      continue;
    } else if (content[0] == '[') {
      sections.push_back(read_header(number, content, findings));
    } else if (sections.empty()) {
      findings.fault(number, "the line stands before the first [section]");
    } else {
      read_entry(number, line, sections.back(), findings);
    }
  }
  return sections;
}

std::string Section::title() const {
  return '[' + shown(kind) + (name.empty() ? "" : ' ' + shown(name)) + ']';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  for (text = trim(text); !text.empty(); text = trim(text)) {
    const auto end = static_cast<size_t>(std::ranges::find_if(text, is_blank) - text.begin());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

}  // namespace carp::control
