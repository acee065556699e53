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

#include "lib/dpdk/mailbox.h"
#include "lib/dpdk/worker.h"

namespace carp::control {

class Publisher {
 public:
  // Both by worker number; they must outlive the publisher's last call, but its destruction must
  // wait until the workers have stopped.
  Publisher(std::vector<dpdk::Mailbox*> mailboxes, std::vector<const dpdk::Worker*> workers);

  void publish(std::unique_ptr<const dataplane::ForwardTable> table);
  // Takes back what workers let go, frees what nobody holds, and offers the newest table to
  // workers whose ring was full. To be called every pass.
  void collect();

  // All workers answer by this table or a later one, and what they decided by older ones was
  // handed to the ports (D22).
  [[nodiscard]] uint64_t applied_generation() const noexcept;
  // Tables that are still in memory.
  [[nodiscard]] size_t tables_held() const noexcept { return published_.size(); }

 private:
  struct Published {
    std::unique_ptr<const dataplane::ForwardTable> table;
    unsigned holders = 0;  // workers that have it, or have it in their ring
  };

  void offer(size_t worker);
  void free_unheld();

  std::vector<dpdk::Mailbox*> mailboxes_;
  std::vector<const dpdk::Worker*> workers_;
  std::deque<Published> published_;  // oldest first
  std::vector<bool> is_behind_;      // by worker: the newest found no room in its ring
};

}  // namespace carp::control
