// SPDX-License-Identifier: BSD-3-Clause
//
// Aligned columns under headings, as `show` prints them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace carp::control {

enum class Align : uint8_t { left, right };

struct Column {
  std::string heading;
  Align align = Align::left;
};

class ShowTable {
 public:
  explicit ShowTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Missing cells at the end stay empty. Requires: no more cells than columns.
  void add(std::vector<std::string> cells);

  // Headings and rows, each ended by \n, no blanks at the end of a line.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace carp::control
