// SPDX-License-Identifier: BSD-3-Clause
//
// Who polls which queue, and who may help whom: a plan as values, made before anything is started.
// Every receive queue has one worker; every transmit queue one thread. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lib/dataplane/table.h"
#include "lib/dpdk/driver_profile.h"

namespace carp::dpdk {

// How many queues the device says it can have.
struct QueueLimits {
  uint16_t rx_queues_max = 1;
  uint16_t tx_queues_max = 1;
};

// The queues of one port. Receive queue q belongs to the port's owner number q % owners, and each
// owner sends on the transmit queue of its own number.
struct QueuePlan {
  uint16_t rx_queues = 1;
  uint16_t tx_queues = 1;
  uint16_t owners = 1;         // workers that poll this port
  bool control_queue = false;  // transmit queue number `owners` is control's own
  [[nodiscard]] friend bool operator==(const QueuePlan&, const QueuePlan&) = default;
};

// Requires: both limits and `workers` are at least 1.
[[nodiscard]] QueuePlan plan_queues(const QueueLimits& limits, const DriverProfile& profile,
                                    unsigned workers) noexcept;

// One receive queue of a worker, and where what it decides to send goes.
struct OwnedQueue {
  dataplane::PortId port = 0;
  uint16_t rx_queue = 0;
  uint16_t tx_queue = 0;
  [[nodiscard]] friend bool operator==(const OwnedQueue&, const OwnedQueue&) = default;
};

// How control sends on a port: on a queue of its own, or through the worker that owns the queue.
struct ControlRoute {
  dataplane::PortId port = 0;
  uint16_t tx_queue = 0;
  std::optional<unsigned> worker;  // absent: the queue is control's own
  [[nodiscard]] friend bool operator==(const ControlRoute&, const ControlRoute&) = default;
};

struct Topology {
  std::vector<std::vector<OwnedQueue>> workers;  // by worker number; may be empty for some
  std::vector<ControlRoute> control;             // in the order of the ports
};

struct PortQueues {
  dataplane::PortId port = 0;
  QueuePlan plan;
};

// Deals the queues out: queue q of the port at position i goes to worker (i + q % owners) %
// workers, so that ports with one queue each spread over the workers.
[[nodiscard]] Topology plan_topology(std::span<const PortQueues> ports, unsigned workers);

// A worker may hand frames of a port over to another one: both own queues of it.
struct Handover {
  dataplane::PortId port = 0;
  unsigned giver = 0;
  unsigned taker = 0;
  uint16_t tx_queue = 0;  // the taker's
  [[nodiscard]] friend bool operator==(const Handover&, const Handover&) = default;
};

// Every port's owners, each to each. A giver's takers begin with the worker after it, so that two
// givers do not look for the same one first.
[[nodiscard]] std::vector<Handover> plan_handovers(const Topology& topology);

}  // namespace carp::dpdk
