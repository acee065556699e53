// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/programs.h"

#include <utility>

namespace carp::control {
namespace {

using proto::TimePoint;

// All of the environment that is not the caller's: ours may hold anything.
constexpr const char* kPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// Arguments and environment say the same (I2.9).
[[nodiscard]] Program hook_program(const HookQueue::Run& run, std::chrono::seconds timeout) {
  const StateChange& change = run.change;
  const std::pair<const char*, std::string> words[] = {
      {"CARP_NAME", change.name},
      {"CARP_VHID", std::to_string(change.vhid)},
      {"CARP_INTERFACE", change.interface},
      {"CARP_OLD", std::string(to_string(change.from))},
      {"CARP_NEW", std::string(to_string(change.to))},
      {"CARP_REASON", std::string(to_string(change.reason))}};
  Program program{{run.program}, {kPath}, timeout};
  for (const auto& [name, word] : words) {
    program.arguments.push_back(word);
    program.environment.push_back(std::string(name) + '=' + word);
  }
  return program;
}

void note(Outbox& out, LogLevel level, std::string text) {
  out.log.push_back({LogTopic::control, level, std::move(text)});
}

}  // namespace

void Programs::tell(std::vector<StateChange> changes) {
  if (engine_.config().hooks.state_change.empty()) return;
  for (StateChange& change : changes) hooks_.add(std::move(change));
}

void Programs::poll(TimePoint now, Outbox& out) {
  start_hooks(out);
  for (const Ended& ended : runner_.poll()) {
    const auto hook = running_hooks_.find(ended.id);
    if (hook == running_hooks_.end()) continue;
    const HookQueue::Run run = std::move(hook->second);
    running_hooks_.erase(hook);
    hooks_.on_ended(run.change.name);
    on_hook_ended(run, ended.ending, now, out);
  }
}

void Programs::start_hooks(Outbox& out) {
  const HooksConfig& config = engine_.config().hooks;
  if (hooks_.is_idle()) return;
  if (config.state_change.empty()) hooks_.drop_waiting();
  while (auto run = hooks_.next(config.state_change)) {
    if (run->left_out > 0)
      note(out, LogLevel::warning,
           run->change.name + ": event=hooks_left_out changes=" + std::to_string(run->left_out) +
               " cause=\"states change faster than hooks end\"");
    const RunId id = runner_.start(hook_program(*run, config.timeout));
    running_hooks_.emplace(id, std::move(*run));
  }
}

// At most one of a program's runs tells its lines in a second (I5.1).
void Programs::on_hook_ended(const HookQueue::Run& run, const Ending& ending, TimePoint now,
                             Outbox& out) {
  if (ending.is_success() && ending.lines.empty()) return;
  std::string text = run.change.name + ": event=hook program=" + run.program + ' ' +
                     std::string(to_string(run.change.from)) + " -> " +
                     std::string(to_string(run.change.to)) + " ended=\"" + to_string(ending) + '"';
  if (ending.lines_left_out > 0) text += " lines_left_out=" + std::to_string(ending.lines_left_out);
  auto passed = limiter_.pass(run.program, std::move(text), now);
  if (!passed) return;
  note(out, ending.is_success() ? LogLevel::info : LogLevel::warning, std::move(*passed));
  for (const std::string& line : ending.lines)
    note(out, LogLevel::info, run.change.name + ": hook says: " + line);
}

void Programs::give_up(Outbox& out) {
  const size_t running = running_hooks_.size();
  const size_t waiting = hooks_.drop_waiting();
  if (running + waiting == 0) return;
  note(out, LogLevel::warning,
       "event=hooks_left_out changes=" + std::to_string(waiting) +
           " killed=" + std::to_string(running) + " cause=\"the program ends\"");
}

}  // namespace carp::control
