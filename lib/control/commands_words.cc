// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/commands_words.h"

#include <utility>

namespace carp::control {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";
constexpr std::string_view kAnd = "&&";

[[nodiscard]] bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

// Eats the line from the left.
class Splitter {
 public:
  explicit Splitter(std::string_view line) : rest_(line) {}

  [[nodiscard]] net::Result<std::vector<Words>, std::string> split() {
    for (skip_blanks(); !rest_.empty(); skip_blanks()) {
      if (rest_.starts_with(kAnd)) {
        rest_.remove_prefix(kAnd.size());
        if (words_.empty()) return std::string("a command was expected before &&");
        commands_.push_back(std::exchange(words_, {}));
      } else if (std::string word; take_word(word)) {
        words_.push_back(std::move(word));
      } else {
        return std::string("a quote is not closed");
      }
    }
    if (words_.empty() && !commands_.empty()) {
      return std::string("a command was expected after &&");
    }
    if (!words_.empty()) commands_.push_back(std::move(words_));
    return std::move(commands_);
  }

  [[nodiscard]] Unfinished split_unfinished() {
    for (skip_blanks(); !rest_.empty(); skip_blanks()) {
      if (rest_.starts_with(kAnd)) {
        rest_.remove_prefix(kAnd.size());
        words_.clear();
        continue;
      }
      const std::string_view from_here = rest_;
      std::string word;
      const bool closed = take_word(word);
      if (!closed || rest_.empty()) {
        return {std::move(words_), std::move(word), from_here.find_first_of("'\"") != rest_.npos};
      }
      words_.push_back(std::move(word));
    }
    return {std::move(words_), {}, false};
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }

  // One word, of which any part may be in quotes; false where a quote does not end.
  [[nodiscard]] bool take_word(std::string& word) {
    while (!rest_.empty() && !is_blank(rest_.front()) && !rest_.starts_with(kAnd)) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c != '\'' && c != '"') {
        word += c;
        continue;
      }
      const size_t end = rest_.find(c);
      if (end == std::string_view::npos) return false;
      word += rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
    }
    return true;
  }

  std::string_view rest_;
  Words words_;  // of the command being read
  std::vector<Words> commands_;
};

}  // namespace

net::Result<std::vector<Words>, std::string> split_line(std::string_view line) {
  return Splitter(line).split();
}

Unfinished split_unfinished(std::string_view before_cursor) {
  return Splitter(before_cursor).split_unfinished();
}

}  // namespace carp::control
