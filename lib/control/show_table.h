// SPDX-License-Identifier: BSD-3-Clause
//
// Aligned columns under headings, as `show` prints them. Pure.
#pragma once

#include <cstddef>
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
  explicit ShowTable(std::vector<Column> columns);

  // Missing cells at the end stay empty. Requires: no more cells than columns.
  void add(std::vector<std::string> cells);
  // A line under the table, without its end.
  void add_below(std::string line) { below_.push_back(std::move(line)); }

  // Headings and rows, and what stands below: each ended by \n, no blanks at the end of a line.
  [[nodiscard]] std::string text() const;
  // The same by parts: `count` lines from `first` on, as far as there are any.
  [[nodiscard]] size_t lines() const noexcept { return rows_.size() + below_.size(); }
  void append_lines(size_t first, size_t count, std::string& text) const;

 private:
  void append_row(const std::vector<std::string>& cells, std::string& text) const;

  std::vector<Align> aligns_;
  std::vector<size_t> widths_;                  // of the widest cell
  std::vector<std::vector<std::string>> rows_;  // the first: headings
  std::vector<std::string> below_;
};

}  // namespace carp::control
