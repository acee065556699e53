// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/show_pieces.h"

#include <algorithm>
#include <utility>

namespace carp::control {

Pieces entries_in_pieces(size_t count, AddEntry add) {
  return [count, add = std::move(add), next = size_t{0}](const ShowInput& input,
                                                         std::string& text) mutable {
    const size_t end = next + std::min(count - next, kEntriesAPiece);
    for (; next < end; ++next) add(input, next, text);
    return next < count;
  };
}

Pieces table_in_pieces(ShowTable table, size_t count, AddRows add) {
  return [table = std::move(table), count, add = std::move(add), next = size_t{0},
          line = size_t{0}](const ShowInput& input, std::string& text) mutable {
    const size_t end = next + std::min(count - next, kEntriesAPiece);
    for (; next < end; ++next) add(input, next, table);
    if (next < count) return true;
    table.append_lines(line, kLinesAPiece, text);
    line += kLinesAPiece;
    return line < table.lines();
  };
}

Pieces at_once(std::string text) {
  return [told = std::move(text)](const ShowInput&, std::string& text) {
    text += told;
    return false;
  };
}

std::string whole(const Pieces& pieces, const ShowInput& input) {
  std::string text;
  while (pieces(input, text)) continue;
  return text;
}

std::vector<std::string> vhost_names(const Engine& engine) {
  std::vector<std::string> names;
  names.reserve(engine.vhosts().size());
  for (const auto& entry : engine.vhosts()) names.push_back(entry->config.name);
  return names;
}

}  // namespace carp::control
