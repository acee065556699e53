// SPDX-License-Identifier: BSD-3-Clause
//
// Writes the dumps of the flight recorder to the state folder, by the helper thread: control hands
// over a copy and goes on. Where the helper has something else to do the dump waits, and changes
// meanwhile become one more. Control only.
#pragma once

#include <memory>
#include <string>

#include "lib/control/flight_log.h"
#include "lib/control/helper.h"
#include "lib/control/outbox.h"

namespace carp::control {

// The newest are kept.
struct FlightBounds {
  size_t files = 100;
  uint64_t bytes = uint64_t{64} << 20;
};

// Writes a dump whole or not at all, makes the folder where it is missing, and removes the oldest
// files that are too many. Returns why it could not, or nothing. Blocks.
[[nodiscard]] std::string save_flight(const std::string& state_dir, const FlightDump& dump,
                                      const FlightBounds& bounds = {});

class FlightRecorder {
 public:
  // `helper` outlives it.
  FlightRecorder(std::string state_dir, Helper& helper);

  // Once a pass; returns at once.
  void poll(FlightLog& log, proto::TimePoint now, Outbox& out);
  // At the end nothing more comes, so what there is does not wait.
  void finish(FlightLog& log, proto::TimePoint now);

 private:
  struct Outcome;
  void hand_over();
  void tell(Outbox& out);

  std::string state_dir_;
  Helper& helper_;
  std::shared_ptr<const FlightDump> waiting_;  // null: none
  std::shared_ptr<Outcome> under_way_;         // null: none, or told already
  bool has_failed_ = false;                    // the last one, and that was told
};

}  // namespace carp::control
