// SPDX-License-Identifier: BSD-3-Clause
//
// The first lines of what a program writes, as the log can take them; the rest is counted. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/control/printable.h"
#include "lib/control/program.h"

namespace carp::control {

class ProgramOutput {
 public:
  void add(std::string_view text) {
    for (const char c : text) {
      if (c == '\n') {
        end_line();
      } else if (line_.size() < kLineKept) {
        line_ += c;
      }
    }
  }

  // Into `ending`; a last line without its end is one, too.
  void take(Ending& ending) {
    if (!line_.empty()) end_line();
    ending.lines = std::move(lines_);
    ending.lines_left_out = left_out_;
  }

 private:
  void end_line() {
    const std::string line = std::exchange(line_, {});
    if (lines_.size() == kLinesKept) {
      ++left_out_;
    } else {
      lines_.push_back(printable_error(line));
    }
  }

  std::vector<std::string> lines_;
  std::string line_;  // without its end yet
  uint64_t left_out_ = 0;
};

}  // namespace carp::control
