// SPDX-License-Identifier: BSD-3-Clause
//
// The line discipline of a session whose client leaves echo and editing to us: telnet(1), one byte
// a key. Holds the line, the cursor and the history, and says what the terminal is to show. The
// line has one row of the terminal and scrolls sideways in it, so that nothing depends on how a
// terminal wraps. What is shown is brought up to date when the session asks, once for each piece of
// input: a flood of keys costs one row, not one each. Pure; owned by one session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "lib/control/completion.h"
#include "lib/control/key_reader.h"
#include "lib/control/line_reader.h"

namespace carp::control {

inline constexpr size_t kHistoryMax = 100;  // lines, of one session

class LineEditor {
 public:
  // `prompt` stands before the line; it outlives the editor.
  explicit LineEditor(std::string_view prompt) : prompt_(prompt) {}

  // Takes a byte of which LineEnds has been; answers what it completed. After Input::complete and
  // Input::help the session asks what may stand at the cursor and calls complete() or help().
  [[nodiscard]] Input feed(char byte);

  void complete(const Completion& choice);
  void help(const Completion& choice);

  // Valid until the next feed().
  [[nodiscard]] std::string_view line() const noexcept { return line_; }
  [[nodiscard]] std::string_view before_cursor() const { return line().substr(0, cursor_); }
  // True between the first byte of a line and its end.
  [[nodiscard]] bool is_inside_line() const noexcept { return !ended_ && !line_.empty(); }

  // The terminal has `columns`; 0: it does not say.
  void set_width(size_t columns);

  // What the terminal is to show since the last call.
  [[nodiscard]] std::string take_echo();

 private:
  [[nodiscard]] Input end_line();
  [[nodiscard]] Input interrupt();
  void begin_line();

  // editing
  void edit(Key key);
  void insert(std::string_view text);
  void erase(size_t from, size_t to);
  void move_to(size_t at);
  [[nodiscard]] size_t before(size_t at) const;
  [[nodiscard]] size_t behind(size_t at) const;
  [[nodiscard]] size_t word_before(size_t at) const;
  void recall(size_t index);
  void remember();

  // showing
  void bell() { echo_ += '\a'; }
  void show_below(std::string_view text);
  [[nodiscard]] size_t room() const;
  void draw();

  const std::string_view prompt_;
  KeyReader keys_;

  std::string line_;
  size_t cursor_ = 0;      // a byte of the line, the first one of a character
  bool ended_ = false;     // line_ is the previous line
  bool too_long_ = false;  // what came after the limit was not kept

  std::deque<std::string> history_;  // the oldest first
  size_t recalled_ = 0;              // which of them the line was; their number: none
  std::string draft_;                // what stood there before one was recalled

  std::string echo_;
  bool is_shown_ = true;      // else the row differs from the line
  size_t first_ = 0;          // the byte with which the row begins, behind the prompt
  size_t shown_columns_ = 0;  // of the line, when the row was drawn
  size_t width_ = 80;
};

}  // namespace carp::control
