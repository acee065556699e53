// SPDX-License-Identifier: BSD-3-Clause
//
// Hands tables to the workers and takes them back (design, section 5). One table object serves all
// workers; it lives until none of them can read it any more. A worker that does not take its
// tables is offered only the newest when it does. Control's thread only.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "lib/control/histogram.h"
#include "lib/dpdk/mailbox.h"
#include "lib/dpdk/worker.h"

namespace carp::control {

class Publisher {
 public:
  // Both by worker number; they must outlive the publisher's last call, but its destruction must
  // wait until the workers have stopped.
  Publisher(std::vector<dpdk::Mailbox*> mailboxes, std::vector<const dpdk::Worker*> workers);

  // `decided_at`: when the engine began to want this table.
  void publish(std::unique_ptr<const dataplane::ForwardTable> table, dataplane::Ticks decided_at);
  // Takes back what workers let go, frees what nobody holds, and offers the newest table to
  // workers whose ring was full. To be called every pass.
  void collect();

  // All workers answer by this table or a later one, and what they decided by older ones was
  // handed to the ports (D22).
  [[nodiscard]] uint64_t applied_generation() const noexcept;
  // From the decision until the last worker had the table in use; a table that was overtaken counts
  // until the newer one.
  [[nodiscard]] const Histogram& switch_times() const noexcept { return switch_times_; }
  // Tables that are still in memory.
  [[nodiscard]] size_t tables_held() const noexcept { return published_.size(); }

 private:
  struct Published {
    std::unique_ptr<const dataplane::ForwardTable> table;
    unsigned holders = 0;  // workers that have it, or have it in their ring
  };

  // On its way to the workers.
  struct Switch {
    uint64_t generation = 0;
    dataplane::Ticks decided_at = 0;
  };

  void note_switches();
  void offer(size_t worker);
  void free_unheld();

  std::vector<dpdk::Mailbox*> mailboxes_;
  std::vector<const dpdk::Worker*> workers_;
  std::deque<Published> published_;  // oldest first
  std::vector<bool> is_behind_;      // by worker: the newest found no room in its ring
  std::deque<Switch> switches_;      // oldest first
  Histogram switch_times_;
};

}  // namespace carp::control
