// SPDX-License-Identifier: BSD-3-Clause
//
// A worker: polls its queues, answers what the table lets it answer, hands control what control
// wants, and other workers what it cannot keep up with. It knows no protocol and no timer, takes no
// lock, allocates nothing and never logs. One thread runs `run` (tests call `poll_once`); any
// thread may read `status`, control calls the rest.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/dataplane/answer_limit.h"
#include "lib/dataplane/counters.h"
#include "lib/dataplane/table.h"
#include "lib/dpdk/backlog.h"
#include "lib/dpdk/host_ways.h"
#include "lib/dpdk/idle.h"
#include "lib/dpdk/mailbox.h"
#include "lib/dpdk/rate_limit.h"
#include "lib/dpdk/spread.h"
#include "lib/dpdk/topology.h"

namespace carp::dpdk {

inline constexpr uint16_t kMaxBurst = 64;
// Priority frames that a worker holds while their port takes no more.
inline constexpr size_t kMaxHeld = 32;

// What one worker hands to kernel interfaces a second (I7.3), and at once: of the kinds that come
// in storms. What is for one of our MAC addresses has its ring as the limit.
inline constexpr uint64_t kHostArpASecond = 5'000;
inline constexpr uint64_t kHostGroupASecond = 10'000;
inline constexpr uint64_t kHostStormAtOnce = 256;

struct WorkerConfig {
  uint16_t burst = 32;  // 1 to kMaxBurst
  Idle idle = Idle::poll;
  uint32_t arp_limit = 0;  // answers a second and client; 0: no limit
  uint32_t echo_limit = 0;
  uint32_t give_cycles = kGiveCycles;  // what it costs to give a frame to another worker
};

// What a worker tells of itself: it writes, others read relaxed unless said otherwise.
struct alignas(64) WorkerStatus {
  dataplane::Counters counters;      // of the frames that it decided on
  dataplane::Counter handed_over;    // frames received for another worker, which counts them
  dataplane::Counter polls;          // the heartbeat that the watchdog looks at
  dataplane::Counter busy_cycles;    // of polls that found something to do
  dataplane::Counter total_cycles;   // of all polls; busy / total is the busy ratio
  dataplane::Counter priority_sent;  // frames of control
  dataplane::Counter priority_late;  // frames of control dropped: the port took none in time
  // Generation of the table in use; 0 before the first. Read it with acquire: everything decided
  // with older tables has then been handed to the ports.
  std::atomic<uint64_t> applied_generation{0};
  // When it came into use: the next burst is decided by it. At least as new as a generation that
  // was read before.
  std::atomic<dataplane::Ticks> applied_at{0};
};
// What a worker writes shares no cache line with anything that another thread writes: its status
// and all that follows in `Worker` up to what control writes stand on lines of their own.
static_assert(alignof(WorkerStatus) == 64 && sizeof(WorkerStatus) % 64 == 0);

class Tally;

class Worker {
 public:
  // `mailbox`, the rings of `spread` and `host`, and everything behind the queues must outlive the
  // worker.
  Worker(const WorkerConfig& config, std::span<const OwnedQueue> queues, Mailbox& mailbox,
         const SpreadEnds& spread = {}, const HostEnds& host = {});
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();  // frees the priority frames it holds. Requires: `run` has returned.

  // Adopts the newest table, sends what control wants sent, serves each queue once, then each
  // worker that it helps, then the kernel interfaces whose frames leave by it. True where there was
  // anything to do. The worker's thread.
  bool poll_once() noexcept;
  // Polls until `stop`. The worker's thread.
  void run() noexcept;
  void stop() noexcept { running_.store(false, std::memory_order_relaxed); }
  // So that `run` may be called once more. Control; requires: it has returned.
  void allow_run() noexcept { running_.store(true, std::memory_order_relaxed); }
  // Whether this port has a device to be polled; true at first. Control; requires: as above.
  void set_polled(dataplane::PortId port, bool polled) noexcept {
    for (size_t i = 0; i < queues_.size(); ++i)
      if (queues_[i].port == port) reliefs_[i].polled = polled;
  }
  // The longest that an idle worker sleeps at once; kLongestSleep until told otherwise. Control.
  void set_longest_sleep(proto::Duration longest) noexcept {
    longest_sleep_us_.store(longest.count(), std::memory_order_relaxed);
  }

  [[nodiscard]] const WorkerStatus& status() const noexcept { return status_; }
  [[nodiscard]] std::span<const OwnedQueue> queues() const noexcept { return queues_; }

 private:
  struct Burst;
  // Who helps with a queue, and when. Written with every burst, and on the heap: without a line of
  // its own it shares one with whatever another worker has there.
  struct alignas(64) Relief {
    Backlog backlog;
    std::vector<HandoverRing*> takers;
    bool polled = true;
  };
  static_assert(alignof(Relief) == 64 && sizeof(Relief) % 64 == 0);

  void account(dataplane::Ticks before, bool had_work) noexcept;
  bool adopt_newest_table() noexcept;
  bool send_priority() noexcept;
  void complete(const PriorityFrame& frame, bool sent) noexcept;
  bool receive(const OwnedQueue& queue, Relief& relief) noexcept;
  unsigned hand_over(const Relief& relief, Burst& burst, unsigned count) noexcept;
  void open_to_givers(bool open) noexcept;
  bool take(HandoverRing& ring) noexcept;
  void serve(Burst& burst, unsigned count, dataplane::PortId port, uint16_t tx_queue) noexcept;
  void answer(Burst& burst, unsigned count, dataplane::PortId port, Tally& tally) noexcept;
  void divert(Burst& burst, rte_mbuf* mbuf, dataplane::PortId port, dataplane::Reason reason,
              Tally& tally) noexcept;
  [[nodiscard]] bool punt(rte_mbuf* mbuf, dataplane::PortId port,
                          dataplane::Reason reason) noexcept;
  void show_control(const rte_mbuf& mbuf, dataplane::PortId port) noexcept;
  [[nodiscard]] dataplane::Reason give_to_host(rte_mbuf* mbuf, dataplane::PortId port,
                                               dataplane::Reason reason) noexcept;
  bool send_for_host(HostOutbox& outbox) noexcept;
  void limit(Burst& burst, Tally& tally) noexcept;
  void transmit(Burst& burst, dataplane::PortId port, uint16_t tx_queue, Tally& tally) noexcept;

  WorkerStatus status_;
  const dataplane::ForwardTable* table_ = nullptr;
  Mailbox& mailbox_;
  std::vector<OwnedQueue> queues_;
  std::vector<Relief> reliefs_;  // of each queue
  std::vector<HandoverRing*> takes_;
  HostEnds host_;
  RateLimit host_arp_limit_;
  RateLimit host_group_limit_;
  bool is_open_ = true;  // to those who would hand over to this worker
  WorkerConfig config_;
  dataplane::AnswerLimit arp_limit_;
  dataplane::AnswerLimit echo_limit_;
  std::array<PriorityFrame, kMaxHeld> held_;  // in the order of sending
  size_t held_count_ = 0;
  // Read once a poll that finds nothing, else once a queue that has frames: it costs as much as
  // half an answer.
  dataplane::Ticks clock_ = 0;
  bool last_poll_had_work_ = false;
  // Written by control, hardly ever.
  alignas(64) std::atomic<bool> running_{true};
  std::atomic<int64_t> longest_sleep_us_{kLongestSleep.count()};
};
static_assert(alignof(Worker) == 64 && sizeof(Worker) % 64 == 0);

}  // namespace carp::dpdk
