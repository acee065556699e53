// SPDX-License-Identifier: BSD-3-Clause
//
// What operators want of the disk: carp.ini, and what outlives a restart. A disk may hang and
// control may not wait for it, so a command only asks; the loop has it done by the helper thread
// (job_runner.h), and who asked looks again until there is an outcome. One job at a time. Pure;
// control only.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "lib/control/config.h"
#include "lib/control/reply.h"
#include "lib/proto/time.h"

namespace carp::control {

// A file that has not answered for so long is given up; dpdk-carpctl waits longer.
inline constexpr proto::Duration kFilePatience = std::chrono::seconds(20);

enum class Asker : uint8_t { console, signal };

enum class JobKind : uint8_t { reload, write, maintenance };

struct ConfigJob {
  JobKind kind = JobKind::reload;
  Asker asker = Asker::console;
  proto::TimePoint asked_at;
  Config running;            // to be written: as it was when somebody asked
  std::string state_dir;     // where to keep whether the host is in
  bool maintenance = false;  // this
  bool is_taken = false;
  std::optional<Reply> outcome;  // nothing as long as it is under way

  [[nodiscard]] bool is_late(proto::TimePoint now) const noexcept {
    return now >= asked_at + kFilePatience;
  }
};

class ConfigJobs {
 public:
  using Ticket = std::shared_ptr<const ConfigJob>;

  // Null while another job is under way.
  [[nodiscard]] Ticket ask(ConfigJob job) {
    if (job_) return nullptr;
    job_ = std::make_shared<ConfigJob>(std::move(job));
    return job_;
  }

  // --- the runner's ---
  // The job that waits to be done, once.
  [[nodiscard]] std::shared_ptr<const ConfigJob> take() {
    if (!job_ || std::exchange(job_->is_taken, true)) return nullptr;
    return job_;
  }
  // Of the job that is under way; the next one may be asked for.
  void finish(Reply outcome) {
    job_->outcome = std::move(outcome);
    job_.reset();
  }

 private:
  std::shared_ptr<ConfigJob> job_;
};

}  // namespace carp::control
