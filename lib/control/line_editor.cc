// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/line_editor.h"

#include <algorithm>
#include <optional>

#include "lib/control/printable.h"

namespace carp::control {
namespace {

constexpr size_t kWidthUnknown = 80;
constexpr size_t kWidthMin = 24;  // less is not shown to be typed in
constexpr size_t kWidthMax = 400;
constexpr size_t kWordsShown = 100;

// Bytes of the character that `text` begins with; what is none is shown, and moved over, by bytes.
[[nodiscard]] size_t character_size(std::string_view text) {
  return text.empty() ? 0 : std::max(utf8_size(text), size_t{1});
}

// Every character is taken to be one column wide.
[[nodiscard]] size_t columns_of(std::string_view text) {
  size_t columns = 0;
  for (; !text.empty(); ++columns) text.remove_prefix(character_size(text));
  return columns;
}

[[nodiscard]] std::string_view common_beginning(const std::vector<std::string>& words) {
  std::string_view common = words.front();
  for (const std::string_view word : words) {
    const auto differs = std::ranges::mismatch(common, word).in1;
    common = common.substr(0, static_cast<size_t>(differs - common.begin()));
  }
  return common;
}

// Lines of words, as many as `width` takes.
[[nodiscard]] std::string listed(const std::vector<std::string>& words, size_t width) {
  std::string text;
  size_t column = 0;
  const size_t count = std::min(words.size(), kWordsShown);
  for (size_t i = 0; i < count; ++i) {
    const bool fits = column + 2 + words[i].size() <= width;
    if (column > 0) text += fits ? "  " : "\n";
    column = (fits && column > 0 ? column + 2 : 0) + words[i].size();
    text += words[i];
  }
  if (count > 0) text += '\n';
  if (words.size() > count) text += "and " + std::to_string(words.size() - count) + " more\n";
  return text;
}

}  // namespace

Input LineEditor::feed(char byte) {
  if (ended_) begin_line();
  const std::optional<Key> key = keys_.feed(byte);
  if (!key) return Input::none;
  switch (*key) {
    case Key::text: insert({&byte, 1}); return Input::none;
    case Key::enter: return end_line();
    case Key::interrupt: return interrupt();
    case Key::complete: return Input::complete;
    case Key::help: return Input::help;
    case Key::erase_or_end:
      if (line_.empty()) return Input::end;
      edit(Key::erase_under);
      return Input::none;
    default: edit(*key); return Input::none;
  }
}

Input LineEditor::end_line() {
  if (!is_shown_) draw();
  echo_ += '\n';
  ended_ = true;
  if (too_long_) return Input::too_long;
  remember();
  return Input::line;
}

Input LineEditor::interrupt() {
  move_to(line_.size());
  if (!is_shown_) draw();
  echo_ += "^C";
  begin_line();
  return Input::interrupt;
}

void LineEditor::begin_line() {
  line_.clear();
  cursor_ = 0;
  ended_ = false;
  too_long_ = false;
  recalled_ = history_.size();
  draft_.clear();
  is_shown_ = true;  // the session writes the prompt
  first_ = 0;
  shown_columns_ = 0;
}

void LineEditor::edit(Key key) {
  switch (key) {
    case Key::left: return move_to(before(cursor_));
    case Key::right: return move_to(behind(cursor_));
    case Key::home: return move_to(0);
    case Key::end: return move_to(line_.size());
    case Key::up: return recalled_ > 0 ? recall(recalled_ - 1) : bell();
    case Key::down: return recalled_ < history_.size() ? recall(recalled_ + 1) : bell();
    case Key::erase_before: return erase(before(cursor_), cursor_);
    case Key::erase_under: return erase(cursor_, behind(cursor_));
    case Key::kill_before: return erase(0, cursor_);
    case Key::kill_after: return erase(cursor_, line_.size());
    case Key::kill_word: return erase(word_before(cursor_), cursor_);
    case Key::redraw: is_shown_ = false; return;
    default: return bell();
  }
}

// A line that lost a byte is another command: what is too long stays so until it is thrown away.
void LineEditor::insert(std::string_view text) {
  if (line_.size() + text.size() > kLineBytesMax) {
    too_long_ = true;
    return bell();
  }
  const bool at_end = cursor_ == line_.size();
  const bool is_ascii = columns_of(text) == text.size() && printable_error(text) == text;
  line_.insert(cursor_, text);
  cursor_ += text.size();
  if (is_shown_ && at_end && is_ascii && shown_columns_ + text.size() <= room()) {
    echo_ += text;
    shown_columns_ += text.size();
  } else {
    is_shown_ = false;
  }
}

void LineEditor::erase(size_t from, size_t to) {
  if (from == to && !too_long_) return bell();
  line_.erase(from, to - from);
  cursor_ = from;
  if (line_.empty()) too_long_ = false;
  is_shown_ = false;
}

void LineEditor::move_to(size_t at) {
  if (at == cursor_) return;
  cursor_ = at;
  is_shown_ = false;
}

size_t LineEditor::before(size_t at) const {
  for (const size_t size : {4, 3, 2}) {
    if (size <= at && utf8_size(line().substr(at - size)) == size) return at - size;
  }
  return at == 0 ? 0 : at - 1;
}

size_t LineEditor::behind(size_t at) const { return at + character_size(line().substr(at)); }

size_t LineEditor::word_before(size_t at) const {
  while (at > 0 && line_[at - 1] == ' ') --at;
  while (at > 0 && line_[at - 1] != ' ') --at;
  return at;
}

// `index`: of the history; behind its last one stands what was being typed.
void LineEditor::recall(size_t index) {
  if (recalled_ == history_.size()) draft_ = line_;
  recalled_ = index;
  line_ = index == history_.size() ? draft_ : history_[index];
  cursor_ = line_.size();
  first_ = 0;
  too_long_ = false;
  is_shown_ = false;
}

void LineEditor::remember() {
  if (line_.find_first_not_of(' ') == line_.npos) return;
  if (!history_.empty() && history_.back() == line_) return;
  history_.push_back(line_);
  if (history_.size() > kHistoryMax) history_.pop_front();
}

// As much as all the choices have in common; where that is there already, they are shown.
void LineEditor::complete(const Completion& choice) {
  if (choice.words.empty()) return bell();
  const std::string_view common = common_beginning(choice.words);
  const bool is_whole = choice.words.size() == 1;
  if (common.size() <= choice.typed && !is_whole) return show_below(listed(choice.words, width_));
  insert(std::string(common.substr(choice.typed)).append(is_whole ? choice.after : ""));
}

// In the place of a password, or in quotes, it is a character like any other.
void LineEditor::help(const Completion& choice) {
  if (choice.is_free) return insert("?");
  show_below(choice.help + listed(choice.words, width_));
}

void LineEditor::show_below(std::string_view text) {
  if (!is_shown_) draw();
  echo_ += '\n';
  echo_ += text;
  is_shown_ = false;
}

void LineEditor::set_width(size_t columns) {
  if (columns == 0) columns = kWidthUnknown;
  width_ = std::clamp(columns, kWidthMin, kWidthMax);
  if (!line_.empty()) is_shown_ = false;
}

std::string LineEditor::take_echo() {
  if (!is_shown_ && !ended_) draw();
  return std::exchange(echo_, {});
}

// Columns for the line. The last two of the row stay empty, for ^C; and in the very last one some
// terminals would wrap.
size_t LineEditor::room() const { return width_ - prompt_.size() - 2; }

// The row anew, with as much of the line as has room around the cursor.
void LineEditor::draw() {
  first_ = std::min(first_, cursor_);
  size_t to_cursor = columns_of(before_cursor().substr(first_));
  for (; to_cursor > room(); --to_cursor) first_ = behind(first_);
  size_t end = first_;
  for (shown_columns_ = 0; end < line_.size() && shown_columns_ < room(); ++shown_columns_) {
    end = behind(end);
  }
  is_shown_ = true;

  echo_ += '\r';
  echo_ += prompt_;
  echo_ += printable_error(line().substr(first_, end - first_));
  echo_ += "\x1b[K";
  if (to_cursor == shown_columns_) return;
  echo_ += "\r\x1b[" + std::to_string(prompt_.size() + to_cursor) + "C";
}

}  // namespace carp::control
