// SPDX-License-Identifier: BSD-3-Clause
//
// What may stand at the cursor of a line that is being typed: asked by the line editor, answered by
// the commands. Values only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace carp::control {

struct Completion {
  std::vector<std::string> words;  // those that begin with what there is of the word; printable
  size_t typed = 0;                // so much of it stands before the cursor already
  std::string_view after = " ";    // what follows a word that is whole
  std::string help;                // lines about the command, each ended by \n
  bool is_free = false;            // any text may stand here, a question mark too
};

}  // namespace carp::control
