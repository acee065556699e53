// SPDX-License-Identifier: BSD-3-Clause
//
// Somebody who types into a line editor before a terminal, without a session between.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "lib/control/line_editor.h"
#include "tests/control/screen.h"

namespace carp::control {

inline constexpr std::string_view kStart = "> ";

// An editor before its terminal, with a session that does no more than prompt.
class Typist {
 public:
  explicit Typist(size_t width = 80) : screen(width) {
    editor.set_width(width);
    screen.show(kStart);
  }

  void type(std::string_view keys) {
    for (const char byte : keys) take(byte);
    look();
  }
  void look() { screen.show(editor.take_echo()); }

  LineEditor editor{kStart};
  Screen screen;
  std::vector<std::string> lines;
  Completion choice;

 private:
  void take(char byte) {
    const Input input = editor.feed(byte);
    switch (input) {
      case Input::none: return;
      case Input::complete: editor.complete(choice); return;
      case Input::help: editor.help(choice); return;
      case Input::line: lines.emplace_back(editor.line()); break;
      case Input::too_long: lines.emplace_back("<too long>"); break;
      case Input::interrupt: lines.emplace_back("<interrupt>"); break;
      case Input::end: lines.emplace_back("<end>"); return;
      case Input::not_text: ADD_FAILURE() << "an editor lets nothing in that is no text";
    }
    look();
    if (input == Input::interrupt) screen.show("\n");
    screen.show(kStart);
  }
};

}  // namespace carp::control
