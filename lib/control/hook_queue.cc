// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/hook_queue.h"

#include <utility>

namespace carp::control {

void HookQueue::add(StateChange change) {
  const auto [place, is_new] = lines_.try_emplace(change.name);
  if (is_new) ready_.push_back(change.name);
  Line& line = place->second;
  if (line.waiting.size() == kChangesInLine) shorten(line);
  line.waiting.push_back(std::move(change));
}

void HookQueue::shorten(Line& line) {
  const StateChange first = std::move(line.waiting.front());
  line.waiting.pop_front();
  StateChange& second = line.waiting.front();
  ++line.left_out;
  second.from = first.from;
  if (second.from != second.to) return;
  ++line.left_out;
  line.waiting.pop_front();
}

std::optional<HookQueue::Run> HookQueue::next(const std::vector<std::string>& programs) {
  if (ready_.empty() || running_ == kHooksAtOnce) return std::nullopt;
  Line& line = lines_.at(ready_.front());
  ready_.pop_front();
  ++running_;
  if (!line.told) {
    line.told = std::move(line.waiting.front());
    line.waiting.pop_front();
    line.programs = programs;
  }
  Run run{line.programs.front(), *line.told, std::exchange(line.left_out, 0)};
  line.programs.erase(line.programs.begin());
  return run;
}

void HookQueue::on_ended(const std::string& name) {
  --running_;
  Line& line = lines_.at(name);
  if (line.programs.empty()) line.told.reset();
  if (line.told || !line.waiting.empty()) {
    ready_.push_back(name);
  } else {
    lines_.erase(name);
  }
}

size_t HookQueue::drop_waiting() {
  size_t dropped = 0;
  for (auto& [name, line] : lines_) {
    dropped += line.waiting.size();
    line.waiting.clear();
    line.programs.clear();
  }
  for (const std::string& name : std::exchange(ready_, {})) {
    dropped += lines_.at(name).told.has_value();
    lines_.erase(name);
  }
  return dropped;
}

}  // namespace carp::control
