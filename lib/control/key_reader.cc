// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/key_reader.h"

namespace carp::control {
namespace {

constexpr char kEscape = 0x1b;
constexpr unsigned kNumberMax = 1000;  // larger ones mean nothing either

[[nodiscard]] constexpr char control(char letter) { return static_cast<char>(letter & 0x1f); }

[[nodiscard]] bool is_control(char byte) {
  const auto value = static_cast<uint8_t>(byte);
  return value < 0x20 || value == 0x7f;
}

// A byte outside of sequences.
[[nodiscard]] Key key_of(char byte) {
  switch (byte) {
    case '\n': return Key::enter;
    case '\t': return Key::complete;
    case '?': return Key::help;
    case '\b':
    case 0x7f: return Key::erase_before;
    case control('A'): return Key::home;
    case control('B'): return Key::left;
    case control('C'): return Key::interrupt;
    case control('D'): return Key::erase_or_end;
    case control('E'): return Key::end;
    case control('F'): return Key::right;
    case control('K'): return Key::kill_after;
    case control('L'): return Key::redraw;
    case control('N'): return Key::down;
    case control('P'): return Key::up;
    case control('U'): return Key::kill_before;
    case control('W'): return Key::kill_word;
    default: return is_control(byte) ? Key::unknown : Key::text;
  }
}

}  // namespace

std::optional<Key> KeyReader::feed(char byte) {
  if (byte == kEscape) {
    state_ = State::escape;
    return std::nullopt;
  }
  if (is_control(byte)) state_ = State::plain;
  switch (state_) {
    case State::plain: return key_of(byte);
    case State::escape:
      number_ = 0;
      state_ = byte == '[' || byte == 'O' ? State::sequence : State::plain;
      return state_ == State::sequence ? std::nullopt : std::optional(Key::unknown);
    case State::sequence:
      if (byte >= '0' && byte <= '9' && number_ < kNumberMax) {
        number_ = number_ * 10 + static_cast<unsigned>(byte - '0');
      }
      if (byte < '@' || byte > '~') return std::nullopt;  // parameters
      state_ = State::plain;
      return end_sequence(byte);
  }
  return std::nullopt;
}

Key KeyReader::end_sequence(char last) const {
  switch (last) {
    case 'A': return Key::up;
    case 'B': return Key::down;
    case 'C': return Key::right;
    case 'D': return Key::left;
    case 'H': return Key::home;
    case 'F': return Key::end;
    case '~': break;
    default: return Key::unknown;
  }
  switch (number_) {
    case 1:
    case 7: return Key::home;
    case 3: return Key::erase_under;
    case 4:
    case 8: return Key::end;
    default: return Key::unknown;
  }
}

}  // namespace carp::control
