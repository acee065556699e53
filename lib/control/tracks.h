// SPDX-License-Identifier: BSD-3-Clause
//
// Health checks (I2.8): when each is due, and what its results say. A check begins `interval` after
// it began last, but never while it still runs; `fall` failures in a row make it failing, `rise`
// successes in a row end that. The first result decides alone, since there is nothing before it;
// until it is there a check counts as passing, so that a reload that adds one moves nobody. Pure;
// control only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/control/config.h"
#include "lib/proto/time.h"

namespace carp::control {

class Tracks {
 public:
  // What is configured from now on. Those that stay as they are keep their state; one with another
  // command is run at once and keeps its state until its results say something else. Returns those
  // that are no longer there and were failing.
  [[nodiscard]] std::vector<std::string> follow(const std::vector<TrackConfig>& configs,
                                                proto::TimePoint now);

  // A check that is to be run now, and runs until on_ended; null: none.
  [[nodiscard]] const TrackConfig* next(proto::TimePoint now);
  // Whether the check of that name is failing now, where that is news.
  [[nodiscard]] std::optional<bool> on_ended(const std::string& name, bool success,
                                             proto::TimePoint now);

  // Null: there is none of that name.
  [[nodiscard]] const TrackConfig* find(const std::string& name) const;
  [[nodiscard]] bool is_failing(const std::string& name) const;

 private:
  struct Check {
    TrackConfig config;
    proto::TimePoint due = proto::TimePoint::min();
    bool is_running = false;
    bool is_stale = false;    // what runs is another command than is configured now
    bool is_removed = false;  // stays until what runs has ended
    bool has_result = false;
    bool is_failing = false;
    uint32_t in_a_row = 0;  // results against is_failing
  };
  void plan();

  std::map<std::string, Check> checks_;
  proto::TimePoint next_due_ = proto::kNever;  // of all
};

}  // namespace carp::control
