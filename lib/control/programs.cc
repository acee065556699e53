// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/programs.h"

#include <optional>
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

// A line of the kind that an administrator tries out in a shell before it goes into carp.ini.
[[nodiscard]] Program check_program(const TrackConfig& track) {
  return {{"/bin/sh", "-c", track.command}, {kPath}, track.timeout};
}

[[nodiscard]] std::string cause_of(const std::string& track) { return "track " + track; }

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
  start_checks(now);
  for (const Ended& ended : runner_.poll()) on_ended(ended, now, out);
}

void Programs::on_ended(const Ended& ended, TimePoint now, Outbox& out) {
  if (auto hook = running_hooks_.extract(ended.id)) {
    hooks_.on_ended(hook.mapped().change.name);
    on_hook_ended(hook.mapped(), ended.ending, now, out);
  } else if (auto check = running_checks_.extract(ended.id)) {
    on_check_ended(check.mapped(), ended.ending, now, out);
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

void Programs::follow(TimePoint now, Outbox& out) {
  const std::vector<TrackConfig>& tracks = engine_.config().tracks;
  for (const std::string& name : tracks_.follow(tracks, now)) {
    engine_.set_host_cause(cause_of(name), std::nullopt, now);
    note(out, LogLevel::notice,
         "track=" + name + " event=removed demotion=" + std::to_string(engine_.demotion().total()));
  }
  for (const TrackConfig& track : tracks)
    if (tracks_.is_failing(track.name))
      engine_.set_host_cause(cause_of(track.name), track.demotion, now);
}

void Programs::start_checks(TimePoint now) {
  while (const TrackConfig* track = tracks_.next(now))
    running_checks_.emplace(runner_.start(check_program(*track)), track->name);
}

// What a check wrote is of interest where it changed something.
void Programs::on_check_ended(const std::string& name, const Ending& ending, TimePoint now,
                              Outbox& out) {
  const auto is_failing = tracks_.on_ended(name, ending.is_success(), now);
  if (!is_failing) return;
  engine_.set_host_cause(cause_of(name),
                         *is_failing ? std::optional(tracks_.find(name)->demotion) : std::nullopt,
                         now);
  note(out, *is_failing ? LogLevel::warning : LogLevel::notice,
       "track=" + name + " event=" + (*is_failing ? "failing" : "passing") + " ended=\"" +
           to_string(ending) + "\" demotion=" + std::to_string(engine_.demotion().total()));
  for (const std::string& line : ending.lines)
    note(out, LogLevel::info, "track=" + name + " says: " + line);
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
