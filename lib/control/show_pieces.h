// SPDX-License-Identifier: BSD-3-Clause
//
// A long answer, made some entries at a time: thousands of virtual hosts in one go would hold up
// control for tens of milliseconds, and every advertisement with it.
//
// What is listed is decided by the first piece: of that moment are the names, each entry is as it
// is when its turn comes, what has gone by then is left out, and what has come since is not in it.
// Pure; control only.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "lib/control/show_input.h"
#include "lib/control/show_table.h"

namespace carp::control {

// So many entries at once: a fifth of a millisecond for those that take longest.
inline constexpr size_t kEntriesAPiece = 16;
// Lines of a table whose cells are known.
inline constexpr size_t kLinesAPiece = 256;

// What is still to come of an answer: appends its next piece, which may be empty, to `text`. True
// where there is more after that; not to be called again where there is not.
using Pieces = std::function<bool(const ShowInput& input, std::string& text)>;

// Appends the entry of that number, counted from 0; nothing where it has gone.
using AddEntry = std::function<void(const ShowInput& input, size_t number, std::string& text)>;
using AddRows = std::function<void(const ShowInput& input, size_t number, ShowTable& table)>;

// `count` entries, one after the other.
[[nodiscard]] Pieces entries_in_pieces(size_t count, AddEntry add);
// A table of so many entries after those that it has. Its columns are as wide as the widest cell
// of all, so that no line comes before the last entry is known.
[[nodiscard]] Pieces table_in_pieces(ShowTable table, size_t count, AddRows add);
// An answer that is never long.
[[nodiscard]] Pieces at_once(std::string text);

// All of it. For who has the time.
[[nodiscard]] std::string whole(const Pieces& pieces, const ShowInput& input);

// In the order of the engine.
[[nodiscard]] std::vector<std::string> vhost_names(const Engine& engine);

}  // namespace carp::control
