// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/show_table.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace carp::control {
namespace {

constexpr size_t kGap = 2;  // blanks between columns

}  // namespace

ShowTable::ShowTable(std::vector<Column> columns) : widths_(columns.size()) {
  std::vector<std::string> headings;
  for (Column& column : columns) {
    aligns_.push_back(column.align);
    headings.push_back(std::move(column.heading));
  }
  add(std::move(headings));
}

void ShowTable::add(std::vector<std::string> cells) {
  assert(cells.size() <= widths_.size());
  cells.resize(widths_.size());
  for (size_t i = 0; i < cells.size(); ++i) widths_[i] = std::max(widths_[i], cells[i].size());
  rows_.push_back(std::move(cells));
}

std::string ShowTable::text() const {
  std::string text;
  append_lines(0, lines(), text);
  return text;
}

void ShowTable::append_lines(size_t first, size_t count, std::string& text) const {
  const size_t end = first + std::min(count, lines() - first);
  for (size_t i = first; i < end; ++i) {
    if (i < rows_.size())
      append_row(rows_[i], text);
    else
      text += below_[i - rows_.size()] + '\n';
  }
}

void ShowTable::append_row(const std::vector<std::string>& cells, std::string& text) const {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string blanks(widths_[i] - cells[i].size(), ' ');
    if (i > 0) line.append(kGap, ' ');
    line += aligns_[i] == Align::right ? blanks + cells[i] : cells[i] + blanks;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  text += line + '\n';
}

}  // namespace carp::control
