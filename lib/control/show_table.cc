// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/show_table.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace carp::control {
namespace {

constexpr size_t kGap = 2;  // blanks between columns

void append_line(std::string& text, const std::vector<Column>& columns,
                 const std::vector<size_t>& widths, const std::vector<std::string>& cells) {
  std::string line;
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string blanks(widths[i] - cells[i].size(), ' ');
    if (i > 0) line.append(kGap, ' ');
    line += columns[i].align == Align::right ? blanks + cells[i] : cells[i] + blanks;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  text += line + '\n';
}

}  // namespace

void ShowTable::add(std::vector<std::string> cells) {
  assert(cells.size() <= columns_.size());
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string ShowTable::text() const {
  std::vector<std::string> headings;
  for (const Column& column : columns_) headings.push_back(column.heading);
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(headings[i].size());
    for (const auto& row : rows_) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  append_line(text, columns_, widths, headings);
  for (const auto& row : rows_) append_line(text, columns_, widths, row);
  return text;
}

}  // namespace carp::control
