// SPDX-License-Identifier: BSD-3-Clause
//
// The line discipline of a session that sends plain lines, shows them itself or not at all:
// scripts, nc, and whoever gives a password. Bytes in, of which LineEnds has been, lines out,
// whatever pieces they come in. Backspace, Ctrl-U, Ctrl-C and Ctrl-D mean what they mean on a
// terminal; a line with any other control character in it is refused rather than repaired, since a
// command that lost a byte is another command. Pure; control's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace carp::control {

inline constexpr size_t kLineBytesMax = 1024;  // without its end (I3.1)

inline constexpr char kInterrupt = 0x03;       // Ctrl-C: forget this line
inline constexpr char kEndOfInput = 0x04;      // Ctrl-D: close, on an empty line
inline constexpr char kEraseCharacter = 0x7f;  // Backspace
inline constexpr char kEraseLine = 0x15;       // Ctrl-U

// What one byte completed.
enum class Input : uint8_t {
  none,
  line,       // line() is it
  too_long,   // it has ended; line() is its first kLineBytesMax bytes
  not_text,   // it has ended and held a control character
  interrupt,  // the line was thrown away
  end,        // the operator has finished
  complete,   // what may stand at the cursor is asked for (LineEditor alone):
  help,       // to put it there, to see it
};

class LineReader {
 public:
  [[nodiscard]] Input feed(char byte);

  // Valid until the next feed().
  [[nodiscard]] std::string_view line() const noexcept { return line_; }
  // True between the first byte of a line and its end.
  [[nodiscard]] bool is_inside_line() const noexcept { return verdict_ != Input::none; }

 private:
  [[nodiscard]] Input end_line();
  [[nodiscard]] Input control(char byte);
  void begin_line();

  std::string line_;
  Input verdict_ = Input::none;  // what the line will be if it ends now; none: it has no byte yet
  bool ended_ = false;           // line_ is the previous line's
};

}  // namespace carp::control
