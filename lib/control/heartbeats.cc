// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/heartbeats.h"

#include <algorithm>

namespace carp::control {
namespace {

constexpr proto::Duration kSamplePause = std::chrono::seconds(1);

}  // namespace

Heartbeats::Heartbeats(std::vector<const dpdk::Worker*> workers)
    : workers_(std::move(workers)), samples_(workers_.size()) {
  for (size_t worker = 0; worker < workers_.size(); ++worker) {
    for (const dpdk::OwnedQueue& queue : workers_[worker]->queues()) {
      std::vector<Waiting>& waiting = ports_[queue.port];
      const bool known = std::any_of(waiting.begin(), waiting.end(),
                                     [&](const Waiting& w) { return w.worker == worker; });
      if (!known) waiting.push_back({worker, 0});
    }
  }
}

void Heartbeats::observe(Engine& engine, proto::TimePoint now) {
  if (now >= sample_due_) sample(now);
  const auto polls_of = [&](const Waiting& w) { return workers_[w.worker]->status().polls.get(); };
  for (auto& [port, waiting] : ports_) {
    const bool all_polled = std::all_of(waiting.begin(), waiting.end(),
                                        [&](const Waiting& w) { return polls_of(w) != w.polls; });
    if (!all_polled) continue;
    for (Waiting& w : waiting) w.polls = polls_of(w);
    engine.on_poll(port, now);
  }
}

void Heartbeats::sample(proto::TimePoint now) {
  sample_due_ = now + kSamplePause;
  for (size_t worker = 0; worker < workers_.size(); ++worker) {
    const dpdk::WorkerStatus& status = workers_[worker]->status();
    Sample& sample = samples_[worker];
    const uint64_t busy = status.busy_cycles.get();
    const uint64_t total = status.total_cycles.get();
    if (total > sample.total_cycles)
      sample.busy = static_cast<double>(busy - std::min(busy, sample.busy_cycles)) /
                    static_cast<double>(total - sample.total_cycles);
    sample.busy = std::min(sample.busy, 1.0);
    sample.busy_cycles = busy;
    sample.total_cycles = total;
    // A worker that has just begun is given the time of any other.
    const bool is_first = sample.polled_at == proto::TimePoint{};
    if (is_first || status.polls.get() != sample.polls) sample.polled_at = now;
    sample.polls = status.polls.get();
  }
}

bool Heartbeats::is_stalled(size_t worker, proto::TimePoint now) const {
  return now - samples_[worker].polled_at > 2 * kSamplePause;
}

std::optional<size_t> Heartbeats::stalled_worker(proto::TimePoint now) const {
  for (size_t worker = 0; worker < workers_.size(); ++worker)
    if (is_stalled(worker, now)) return worker;
  return std::nullopt;
}

}  // namespace carp::control
