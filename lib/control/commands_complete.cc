// SPDX-License-Identifier: BSD-3-Clause
//
// What may stand at the cursor of a line that is being typed, out of the tables by which lines are
// executed.
#include <algorithm>

#include "lib/control/commands.h"
#include "lib/control/config_lines.h"
#include "lib/control/show.h"

namespace carp::control {
namespace {

constexpr std::string_view kHelpEnd = "Commands joined by && run until the first error.\n";

// One word as it is typed: without quotes, without what asks for help, and without anything that a
// terminal would obey.
[[nodiscard]] bool can_be_typed(std::string_view word) {
  return !word.empty() && word.find_first_of("'\"&?") == word.npos &&
         std::ranges::all_of(word, [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Completion Commands::complete(std::string_view before_cursor) const {
  const Unfinished line = split_unfinished(before_cursor);
  if (line.quoted) return {.is_free = true};
  Completion choice;
  if (line.words.empty()) {
    for (const Entry& entry : kCommands) {
      choice.words.emplace_back(entry.name);
      if (entry.name.starts_with(line.word)) choice.help += entry.help;
    }
  } else {
    const auto known = std::ranges::find(kCommands, line.words.front(), &Entry::name);
    if (known == kCommands.end()) return choice;
    const auto args = std::span(line.words).subspan(1);
    if (known->follow != nullptr) choice = (this->*known->follow)(args);
    choice.help = known->help;
  }
  choice.typed = line.word.size();
  std::erase_if(choice.words, [&line](const std::string& word) {
    return !word.starts_with(line.word) || !can_be_typed(word);
  });
  return choice;
}

Completion Commands::follow_show(std::span<const std::string> args) const {
  if (args.empty()) return {.words = split_words(show_topics(" "))};
  if (args.size() == 1) return {.words = {std::string(kJson)}};
  return {};
}

std::string Commands::help_text() {
  std::string text;
  for (const Entry& entry : kCommands) text += entry.help;
  return text += kHelpEnd;
}

}  // namespace carp::control
