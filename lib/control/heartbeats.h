// SPDX-License-Identifier: BSD-3-Clause
//
// From the workers' heartbeats to "somebody listens on this port" (D4): a port was listened to
// when every worker that owns one of its receive queues has polled since last time. Also keeps the
// busy ratio of each worker, sampled once a second. Control's thread only.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "lib/control/engine.h"
#include "lib/dpdk/worker.h"

namespace carp::control {

class Heartbeats {
 public:
  explicit Heartbeats(std::vector<const dpdk::Worker*> workers);

  // Tells the engine which ports were listened to since the last call. Every pass.
  void observe(Engine& engine, proto::TimePoint now);

  // Share of the last second in which the worker had something to do, 0 to 1.
  [[nodiscard]] double busy(size_t worker) const { return samples_[worker].busy; }
  // It has not polled for more than a second.
  [[nodiscard]] bool is_stalled(size_t worker, proto::TimePoint now) const;
  // The first of those.
  [[nodiscard]] std::optional<size_t> stalled_worker(proto::TimePoint now) const;

 private:
  // What a port still waits for: the workers of its queues and their polls when it was last
  // listened to.
  struct Waiting {
    size_t worker = 0;
    uint64_t polls = 0;
  };
  struct Sample {
    uint64_t polls = 0;
    proto::TimePoint polled_at{};  // zero: nobody has looked yet
    uint64_t busy_cycles = 0;
    uint64_t total_cycles = 0;
    double busy = 0;
  };

  void sample(proto::TimePoint now);

  std::vector<const dpdk::Worker*> workers_;
  std::map<dataplane::PortId, std::vector<Waiting>> ports_;
  std::vector<Sample> samples_;
  proto::TimePoint sample_due_ = proto::TimePoint::min();
};

}  // namespace carp::control
