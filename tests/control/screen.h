// SPDX-License-Identifier: BSD-3-Clause
//
// What a terminal shows of what was sent to it: as much of a VT100 as the console uses. Anything
// else is a failure, since some terminal would obey it otherwise.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "lib/control/printable.h"

namespace carp::control {

class Screen {
 public:
  explicit Screen(size_t width = 80) : width_(width) {}

  void show(std::string_view sent) {
    while (!sent.empty()) sent.remove_prefix(show_one(sent));
  }
  void set_width(size_t width) { width_ = width; }

  // Row by row, the last one being where the cursor is.
  [[nodiscard]] const std::vector<std::string>& above() const { return above_; }
  [[nodiscard]] std::string row() const {
    std::string text;
    for (const std::string& cell : cells_) text += cell;
    return text.substr(0, text.find_last_not_of(' ') + 1);
  }
  [[nodiscard]] size_t column() const { return column_; }
  [[nodiscard]] int bells() const { return bells_; }

 private:
  size_t show_one(std::string_view sent) {
    switch (sent[0]) {
      case '\a': ++bells_; return 1;
      case '\0': return 1;
      case '\r': column_ = 0; return 1;
      case '\n':
        above_.push_back(row());
        cells_.clear();
        column_ = 0;
        return 1;
      case '\x1b': return obey(sent);
      default: break;
    }
    const size_t size = utf8_size(sent);
    EXPECT_GT(size, 0u) << "no character";
    EXPECT_GE(static_cast<unsigned char>(sent[0]), ' ') << "a control character";
    EXPECT_LT(column_, width_) << "the row is full";
    cells_.resize(std::max(cells_.size(), column_ + 1), " ");
    cells_[column_++] = sent.substr(0, std::max(size, size_t{1}));
    return std::max(size, size_t{1});
  }

  // ESC [ K: clears from the cursor on. ESC [ N C: moves it to the right.
  size_t obey(std::string_view sent) {
    const size_t end = sent.find_first_of("KC");
    if (!sent.starts_with("\x1b[") || end == sent.npos) {
      ADD_FAILURE() << "an unknown sequence";
      return sent.size();
    }
    if (sent[end] == 'K') {
      cells_.resize(std::min(cells_.size(), column_));
    } else {
      column_ += static_cast<size_t>(std::atoi(sent.data() + 2));
    }
    return end + 1;
  }

  size_t width_;
  std::vector<std::string> above_;
  std::vector<std::string> cells_;
  size_t column_ = 0;
  int bells_ = 0;
};

}  // namespace carp::control
