// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/runtime.h"

#include <rte_lcore.h>

#include <algorithm>
#include <cassert>
#include <map>

#include "lib/dpdk/start_error.h"

namespace carp::dpdk {
namespace {

// Rings to and from control that carry mbufs: what is in them can come from any pool.
constexpr uint32_t kRingEntries = kPuntsAtMost + kPriorityRingSize + kMaxHeld;

[[nodiscard]] uint32_t descriptors_of(const Port& port) {
  return uint32_t{port.queues().rx_queues} * port.rx_descriptors() +
         uint32_t{port.queues().tx_queues} * port.tx_descriptors();
}

// Places in the rings by which the owners of this port help each other: each to each.
[[nodiscard]] uint32_t handover_places_of(const Port& port) {
  const uint32_t owners = port.queues().owners;
  return owners * (owners - 1) * kHandoverRingSize;
}

[[nodiscard]] Topology topology_of(std::span<const std::unique_ptr<Port>> ports, unsigned workers) {
  std::vector<PortQueues> queues;
  for (const auto& port : ports) queues.push_back({port->id(), port->queues()});
  return plan_topology(queues, workers);
}

// A PCI address can be written in two ways; the last of `ports` must not be one of the others.
void require_once(std::span<const std::unique_ptr<Port>> ports) {
  const Port& last = *ports.back();
  for (const auto& port : ports.first(ports.size() - 1)) {
    if (port->id() != last.id()) continue;
    throw StartError(ExitCode::config, "port " + last.name() + ": is the same device as port " +
                                           port->name() + "; write it the same way in both places");
  }
}

}  // namespace

Runtime::Runtime(Eal& eal, std::span<const PortConfig> ports, const WorkerConfig& workers)
    : eal_(eal) {
  const auto worker_count = static_cast<unsigned>(eal.lcores().size());
  for (const PortConfig& port : ports) {
    ports_.push_back(std::make_unique<Port>(port, worker_count));
    require_once(ports_);
  }
  make_pools(workers);
  for (const auto& port : ports_) port->start(pool_of(*port));
  make_workers(workers);
}

Runtime::~Runtime() { stop(); }

void Runtime::make_pools(const WorkerConfig& config) {
  const auto worker_count = static_cast<unsigned>(eal_.lcores().size());
  std::map<int, PoolUse> uses;  // by socket
  for (const auto& port : ports_) {
    PoolUse& use = uses[port->socket()];
    use.descriptors += descriptors_of(*port);
    use.ring_entries += handover_places_of(*port);
    use.mtu = std::max(use.mtu, port->mtu());
    use.dense |= port->needs_dense_pool();
  }
  for (auto& [socket, use] : uses) {
    use.workers = worker_count;
    use.burst = config.burst;
    use.ring_entries += worker_count * kRingEntries;
    pools_.push_back(
        std::make_unique<MbufPool>("carp_mbufs_" + std::to_string(socket), use, socket));
  }
}

void Runtime::make_workers(const WorkerConfig& config) {
  const auto lcores = eal_.lcores();
  const Topology topology = topology_of(ports_, static_cast<unsigned>(lcores.size()));
  std::vector<int> sockets;
  for (const unsigned lcore : lcores)
    sockets.push_back(static_cast<int>(rte_lcore_to_socket_id(lcore)));
  spread_ = std::make_unique<Spread>(plan_handovers(topology), sockets);
  std::vector<Mailbox*> mailboxes;
  for (unsigned number = 0; number < lcores.size(); ++number) {
    mailboxes_.push_back(std::make_unique<Mailbox>(number, sockets[number]));
    mailboxes.push_back(mailboxes_.back().get());
    workers_.push_back(std::make_unique<Worker>(config, topology.workers[number],
                                                *mailboxes_.back(), spread_->ends_of(number)));
  }
  std::vector<TransmitPort> routes;
  for (size_t i = 0; i < ports_.size(); ++i) {
    routes.push_back({topology.control[i], &pool_of(*ports_[i])});
  }
  transmitter_ = std::make_unique<Transmitter>(routes, mailboxes);
}

const MbufPool& Runtime::pool_of(const Port& port) const {
  const auto found = std::find_if(pools_.begin(), pools_.end(), [&](const auto& pool) {
    return pool->socket() == port.socket();
  });
  assert(found != pools_.end());
  return **found;
}

void Runtime::launch() {
  assert(!running_);
  running_ = true;
  for (size_t number = 0; number < workers_.size(); ++number) {
    Worker* const worker = workers_[number].get();
    eal_.launch(eal_.lcores()[number], [worker] { worker->run(); });
  }
}

void Runtime::stop() {
  for (const auto& worker : workers_) worker->stop();
  if (running_) eal_.wait();
  running_ = false;
  for (const auto& port : ports_) port->stop();
}

}  // namespace carp::dpdk
