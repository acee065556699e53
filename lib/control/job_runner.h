// SPDX-License-Identifier: BSD-3-Clause
//
// Has the jobs on carp.ini and the state folder done by the helper thread, and carries out what
// came of them on control's own: the disk is the helper's, the engine is control's.
#pragma once

#include <memory>
#include <string>

#include "lib/control/config_job.h"
#include "lib/control/engine.h"
#include "lib/control/helper.h"
#include "lib/control/log_limiter.h"

namespace carp::control {

class JobRunner {
 public:
  // All outlive it. `file`: the path of carp.ini.
  JobRunner(ConfigJobs& jobs, Engine& engine, Helper& helper, std::string file);

  // Once a pass: begins what was asked for, carries out what the helper has done. Returns at once;
  // true where the engine may have changed.
  bool poll(proto::TimePoint now, Outbox& out);

  [[nodiscard]] bool is_reloading() const { return job_ && job_->kind == JobKind::reload; }

 private:
  struct Outcome;
  void begin();
  [[nodiscard]] Reply carry_out(const Outcome& outcome, proto::TimePoint now, Outbox& out);
  [[nodiscard]] Reply give_up() const;
  void finish(Reply reply, proto::TimePoint now, Outbox& out);
  void tell_log(const Reply& reply, proto::TimePoint now, Outbox& out);

  ConfigJobs& jobs_;
  Engine& engine_;
  Helper& helper_;
  const std::string file_;
  std::shared_ptr<const ConfigJob> job_;  // null: none is under way
  std::shared_ptr<Outcome> outcome_;      // null: the helper has not begun it
  LogLimiter limiter_;
};

}  // namespace carp::control
