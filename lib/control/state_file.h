// SPDX-License-Identifier: BSD-3-Clause
//
// What is kept over restarts. The highest counter of each virtual host (D11 rule 5), in
// STATE_DIR/counters: one line each, `INTERFACE VHID COUNTER`; and whether the host is in
// maintenance. A missing or damaged file costs only that memory. Saving is done by the helper
// thread at most once a minute, since a disk may block and control may not.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lib/control/counter_list.h"
#include "lib/control/helper.h"
#include "lib/proto/time.h"

namespace carp::control {

// What the file holds; empty where it can't be read. Lines that are damaged are left out.
[[nodiscard]] Counters load_counters(const std::string& state_dir);

// Replaces the file atomically and makes the folder where it is missing. Returns why it could not,
// or nothing. Blocks.
[[nodiscard]] std::string save_counters(const std::string& state_dir, const Counters& counters);

// Whether `maintenance on` was said last, in STATE_DIR/maintenance; a missing file is no.
[[nodiscard]] bool load_maintenance(const std::string& state_dir);
[[nodiscard]] std::string save_maintenance(const std::string& state_dir, bool on);  // as above

class StateFile {
 public:
  // `helper` outlives it.
  StateFile(std::string state_dir, Helper& helper);

  // True once a minute: time to call `save`.
  [[nodiscard]] bool is_due(proto::TimePoint now) const noexcept { return now >= due_; }
  // Hands the counters to the helper and returns at once; left out while it is still busy.
  void save(CounterList counters, proto::TimePoint now);
  // Why the last save failed; empty when it did not, and after it was asked for once.
  [[nodiscard]] std::string take_error();

 private:
  struct Outcome;

  std::string state_dir_;
  Helper& helper_;
  std::shared_ptr<Outcome> last_;  // null: none, or told already
  proto::TimePoint due_ = proto::TimePoint::min();
};

}  // namespace carp::control
