// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/line_reader.h"

#include <utility>

namespace carp::control {
namespace {

[[nodiscard]] bool is_control(char byte) noexcept {
  const auto value = static_cast<uint8_t>(byte);
  return (value < 0x20 && byte != '\t') || value == 0x7f;
}

}  // namespace

Input LineReader::feed(char byte) {
  if (ended_) begin_line();
  if (byte == '\n') return end_line();
  if (is_control(byte)) return control(byte);

  if (verdict_ == Input::none) verdict_ = Input::line;
  if (line_.size() < kLineBytesMax) {
    line_ += byte;
  } else {
    verdict_ = Input::too_long;
  }
  return Input::none;
}

// An empty line is a line too.
Input LineReader::end_line() {
  ended_ = true;
  const Input verdict = std::exchange(verdict_, Input::none);
  return verdict == Input::none ? Input::line : verdict;
}

Input LineReader::control(char byte) {
  switch (byte) {
    case kInterrupt: begin_line(); return Input::interrupt;
    case kEndOfInput:
      if (!is_inside_line()) return Input::end;
      break;
    case kEraseLine: begin_line(); return Input::none;
    case kEraseCharacter:
    case '\b':
      // What follows the limit was not kept, so there is nothing to erase it from.
      if (verdict_ != Input::too_long && !line_.empty()) line_.pop_back();
      if (verdict_ == Input::line && line_.empty()) verdict_ = Input::none;
      return Input::none;
    default: break;
  }
  if (verdict_ != Input::too_long) verdict_ = Input::not_text;
  return Input::none;
}

void LineReader::begin_line() {
  line_.clear();
  verdict_ = Input::none;
  ended_ = false;
}

}  // namespace carp::control
