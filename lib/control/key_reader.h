// SPDX-License-Identifier: BSD-3-Clause
//
// The keys of a terminal: bytes as they come, in any pieces, to what an operator pressed. Arrows
// and the like are sequences that begin with ESC (ECMA-48, and what xterm and the Linux console
// make of it); one that means nothing here is swallowed whole. A control character ends any
// sequence and is itself: nothing that was sent can swallow Ctrl-C or Enter. Pure; owned by one
// session.
#pragma once

#include <cstdint>
#include <optional>

namespace carp::control {

enum class Key : uint8_t {
  text,  // the byte belongs to the line
  enter,
  left,
  right,
  home,
  end,
  up,
  down,
  erase_before,  // Backspace, DEL
  erase_under,   // Delete
  erase_or_end,  // Ctrl-D: that, or the end of the session
  kill_before,   // Ctrl-U
  kill_after,    // Ctrl-K
  kill_word,     // Ctrl-W
  redraw,        // Ctrl-L
  interrupt,     // Ctrl-C
  complete,      // Tab
  help,          // ?
  unknown,
};

class KeyReader {
 public:
  // The key that `byte` completes, if any.
  [[nodiscard]] std::optional<Key> feed(char byte);

 private:
  enum class State : uint8_t { plain, escape, sequence };

  [[nodiscard]] Key end_sequence(char last) const;

  State state_ = State::plain;
  unsigned number_ = 0;  // the parameter of a sequence: 3 of ESC [ 3 ~
};

}  // namespace carp::control
