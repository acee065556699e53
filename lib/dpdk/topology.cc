// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/topology.h"

#include <algorithm>
#include <cassert>
#include <map>

namespace carp::dpdk {

QueuePlan plan_queues(const QueueLimits& limits, const DriverProfile& profile,
                      unsigned workers) noexcept {
  assert(limits.rx_queues_max >= 1 && limits.tx_queues_max >= 1 && workers >= 1);
  const auto worker_count = static_cast<uint16_t>(std::min(workers, unsigned{UINT16_MAX}));
  QueuePlan plan;
  plan.rx_queues = profile.receive == ReceiveQueues::all
                       ? limits.rx_queues_max
                       : std::min({limits.rx_queues_max, profile.queues_max, worker_count});
  if (profile.equal_queues) plan.rx_queues = std::min(plan.rx_queues, limits.tx_queues_max);
  // An owner answers on a transmit queue of its own, so there can't be more of them.
  plan.owners = std::min({plan.rx_queues, worker_count, limits.tx_queues_max});
  plan.control_queue = !profile.equal_queues && limits.tx_queues_max > plan.owners;
  plan.tx_queues = plan.owners;
  if (plan.control_queue) ++plan.tx_queues;
  if (profile.equal_queues) plan.tx_queues = plan.rx_queues;
  return plan;
}

Topology plan_topology(std::span<const PortQueues> ports, unsigned workers) {
  assert(workers >= 1);
  Topology topology;
  topology.workers.resize(workers);
  for (size_t position = 0; position < ports.size(); ++position) {
    const auto& [port, plan] = ports[position];
    for (uint16_t queue = 0; queue < plan.rx_queues; ++queue) {
      const auto owner = static_cast<uint16_t>(queue % plan.owners);
      topology.workers[(position + owner) % workers].push_back({port, queue, owner});
    }
    // Owner number 0 lends its transmit queue where control has none.
    topology.control.push_back(
        plan.control_queue ? ControlRoute{port, plan.owners, std::nullopt}
                           : ControlRoute{port, 0, static_cast<unsigned>(position % workers)});
  }
  return topology;
}

std::vector<Handover> plan_handovers(const Topology& topology) {
  // By port and worker: the transmit queue that this worker owns.
  std::map<dataplane::PortId, std::map<unsigned, uint16_t>> owners;
  const auto workers = static_cast<unsigned>(topology.workers.size());
  for (unsigned worker = 0; worker < workers; ++worker)
    for (const OwnedQueue& queue : topology.workers[worker])
      owners[queue.port][worker] = queue.tx_queue;
  std::vector<Handover> ways;
  for (const auto& [port, tx_queues] : owners) {
    for (const auto& [giver, unused] : tx_queues) {
      for (unsigned step = 1; step < workers; ++step) {
        const unsigned taker = (giver + step) % workers;
        const auto found = tx_queues.find(taker);
        if (found != tx_queues.end()) ways.push_back({port, giver, taker, found->second});
      }
    }
  }
  return ways;
}

}  // namespace carp::dpdk
