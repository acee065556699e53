// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/tracks.h"

#include <algorithm>
#include <utility>

namespace carp::control {

using proto::TimePoint;

std::vector<std::string> Tracks::follow(const std::vector<TrackConfig>& configs, TimePoint now) {
  std::vector<std::string> ended;
  for (auto& [name, check] : checks_) {
    if (std::ranges::find(configs, name, &TrackConfig::name) != configs.end()) continue;
    if (std::exchange(check.is_failing, false)) ended.push_back(name);
    check.is_removed = true;
  }
  for (const TrackConfig& config : configs) {
    const auto [place, is_new] = checks_.try_emplace(config.name);
    Check& check = place->second;
    if (is_new || std::exchange(check.is_removed, false)) {
      check = {.config = config, .due = now, .is_running = check.is_running};
      check.is_stale = check.is_running;
    } else if (check.config != config) {
      check.is_stale |= check.is_running && check.config.command != config.command;
      check.config = config;
      check.due = now;
      check.in_a_row = 0;
    }
  }
  std::erase_if(checks_,
                [](const auto& one) { return one.second.is_removed && !one.second.is_running; });
  plan();
  return ended;
}

const TrackConfig* Tracks::next(TimePoint now) {
  if (now < next_due_) return nullptr;
  for (auto& [name, check] : checks_) {
    if (check.is_running || now < check.due) continue;
    check.is_running = true;
    check.due = now + check.config.interval;
    plan();
    return &check.config;
  }
  plan();
  return nullptr;
}

std::optional<bool> Tracks::on_ended(const std::string& name, bool success, TimePoint now) {
  Check& check = checks_.at(name);
  check.is_running = false;
  if (check.is_removed) {
    checks_.erase(name);
    return std::nullopt;
  }
  check.due = std::max(check.due, now);
  plan();
  if (std::exchange(check.is_stale, false)) return std::nullopt;
  const bool is_first = !std::exchange(check.has_result, true);
  check.in_a_row = success == check.is_failing ? check.in_a_row + 1 : 0;
  const uint32_t wanted = check.is_failing ? check.config.rise : check.config.fall;
  if (check.in_a_row == 0 || (check.in_a_row < wanted && !is_first)) return std::nullopt;
  check.in_a_row = 0;
  check.is_failing = !success;
  return check.is_failing;
}

void Tracks::plan() {
  next_due_ = proto::kNever;
  for (const auto& [name, check] : checks_)
    if (!check.is_running) next_due_ = std::min(next_due_, check.due);
}

const TrackConfig* Tracks::find(const std::string& name) const {
  const auto place = checks_.find(name);
  return place == checks_.end() ? nullptr : &place->second.config;
}

bool Tracks::is_failing(const std::string& name) const {
  const auto place = checks_.find(name);
  return place != checks_.end() && place->second.is_failing;
}

}  // namespace carp::control
