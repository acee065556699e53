// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/publisher.h"

#include <algorithm>
#include <iterator>

#include "lib/dpdk/tsc_clock.h"

namespace carp::control {
namespace {

constexpr size_t kSwitchesMax = 64;

}  // namespace

Publisher::Publisher(std::vector<dpdk::Mailbox*> mailboxes,
                     std::vector<const dpdk::Worker*> workers)
    : mailboxes_(std::move(mailboxes)),
      workers_(std::move(workers)),
      is_behind_(mailboxes_.size(), false) {}

void Publisher::publish(std::unique_ptr<const dataplane::ForwardTable> table,
                        dataplane::Ticks decided_at) {
  // A worker that hangs is no reason to remember all that was decided since.
  if (switches_.size() == kSwitchesMax) switches_.pop_front();
  switches_.push_back({table->generation(), decided_at});
  published_.push_back({std::move(table)});
  for (size_t worker = 0; worker < mailboxes_.size(); ++worker) offer(worker);
  free_unheld();
}

// Requires: a table was published.
void Publisher::offer(size_t worker) {
  Published& newest = published_.back();
  const bool taken = mailboxes_[worker]->post(newest.table.get());
  is_behind_[worker] = !taken;
  if (taken) ++newest.holders;
}

void Publisher::collect() {
  for (dpdk::Mailbox* mailbox : mailboxes_) {
    while (const dataplane::ForwardTable* retired = mailbox->take_retired()) {
      const auto place = std::find_if(published_.begin(), published_.end(),
                                      [&](const auto& p) { return p.table.get() == retired; });
      --place->holders;
    }
  }
  for (size_t worker = 0; worker < mailboxes_.size(); ++worker)
    if (is_behind_[worker]) offer(worker);
  free_unheld();
  note_switches();
}

void Publisher::note_switches() {
  if (switches_.empty()) return;
  const uint64_t applied = applied_generation();
  dataplane::Ticks last = 0;
  for (const dpdk::Worker* worker : workers_)
    last = std::max(last, worker->status().applied_at.load(std::memory_order_relaxed));
  for (; !switches_.empty() && switches_.front().generation <= applied; switches_.pop_front())
    switch_times_.add(dpdk::time_of(last - std::min(last, switches_.front().decided_at)));
}

// The newest stays even while all rings are full. A worker that never looks holds old tables for
// ever: those behind them go all the same.
void Publisher::free_unheld() {
  if (published_.empty()) return;
  const auto newest = std::prev(published_.end());
  published_.erase(
      std::remove_if(published_.begin(), newest, [](const Published& p) { return p.holders == 0; }),
      newest);
}

uint64_t Publisher::applied_generation() const noexcept {
  uint64_t lowest = ~uint64_t{0};
  for (const dpdk::Worker* worker : workers_)
    lowest = std::min(lowest, worker->status().applied_generation.load(std::memory_order_acquire));
  return lowest;
}

}  // namespace carp::control
