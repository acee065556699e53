// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/runtime.h"

#include <rte_lcore.h>

#include <algorithm>
#include <cassert>

#include "lib/dpdk/start_error.h"
#include "lib/dpdk/virtio_user.h"

namespace carp::dpdk {
namespace {

// Mbufs that can stand in the queues of a port, of those that its owners receive and answer.
[[nodiscard]] uint32_t received_in(const Port& port) {
  const QueuePlan& queues = port.queues();
  return uint32_t{queues.rx_queues} * port.rx_descriptors() +
         uint32_t{queues.owners} * port.tx_descriptors();
}

// The same of frames that this host makes: control's stand in one queue, its kernel's in another.
[[nodiscard]] uint32_t own_in(const Port& port) { return 2U * port.tx_descriptors(); }

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

// Places in the rings from the workers to the host thread.
[[nodiscard]] uint32_t host_places(size_t workers, size_t hosts) {
  return hosts == 0 ? 0 : static_cast<uint32_t>(workers * (kHostTrafficSize + kHostArpSize));
}

// Each kernel interface sends by the first owner of its port.
[[nodiscard]] HostRoute route_of(dataplane::HostId host, dataplane::PortId port,
                                 const Topology& topology) {
  for (unsigned worker = 0; worker < topology.workers.size(); ++worker)
    for (const OwnedQueue& queue : topology.workers[worker])
      if (queue.port == port && queue.tx_queue == 0)
        return {.host = host, .port = port, .tx_queue = 0, .worker = worker};
  assert(false);
  return {};
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

Runtime::Runtime(Eal& eal, std::span<const PortConfig> ports, const WorkerConfig& workers,
                 std::span<const HostConfig> hosts)
    : eal_(eal), hosts_(hosts.begin(), hosts.end()) {
  const auto worker_count = static_cast<unsigned>(eal.lcores().size());
  for (const PortConfig& port : ports) {
    ports_.push_back(std::make_unique<Port>(port, worker_count));
    require_once(ports_);
  }
  make_pools(workers);
  for (const auto& port : ports_) port->start(*pools_.at(port->socket()).received);
  make_workers(workers);
}

Runtime::~Runtime() { stop(); }

void Runtime::make_pools(const WorkerConfig& config) {
  const auto workers = static_cast<uint32_t>(eal_.lcores().size());
  struct Uses {
    PoolUse received;
    PoolUse own;
  };
  const PoolUse any{.workers = workers, .burst = config.burst, .shared_with_host = !hosts_.empty()};
  std::map<int, Uses> sockets;
  for (const auto& port : ports_) {
    auto& [received, own] = sockets.try_emplace(port->socket(), any, any).first->second;
    received.descriptors += received_in(*port);
    received.ring_entries += handover_places_of(*port);
    received.mtu = own.mtu = std::max(own.mtu, port->mtu());
    received.dense |= port->needs_dense_pool();
    own.descriptors += own_in(*port);
  }
  for (const HostConfig& host : hosts_) {
    auto& [received, own] = sockets.at(port_of(host).socket());
    own.ring_entries += kHostOutboxSize;
    if (host.kind != HostKind::virtio_user) continue;
    received.descriptors += kVirtioUserDescriptors;
    own.descriptors += kVirtioUserDescriptors;
  }
  for (auto& [socket, uses] : sockets) {
    uses.received.ring_entries += workers * kPuntsAtMost + host_places(workers, hosts_.size());
    uses.own.ring_entries += workers * (kPriorityRingSize + kMaxHeld);
    const std::string number = std::to_string(socket);
    pools_[socket] = {
        .received = std::make_unique<MbufPool>("carp_received_" + number, uses.received, socket),
        .own = std::make_unique<MbufPool>("carp_own_" + number, uses.own, socket)};
  }
}

void Runtime::make_workers(const WorkerConfig& config) {
  const auto lcores = eal_.lcores();
  const Topology topology = topology_of(ports_, static_cast<unsigned>(lcores.size()));
  std::vector<int> sockets;
  for (const unsigned lcore : lcores)
    sockets.push_back(static_cast<int>(rte_lcore_to_socket_id(lcore)));
  spread_ = std::make_unique<Spread>(plan_handovers(topology), sockets);
  make_host(config, topology, sockets);
  std::vector<Mailbox*> mailboxes;
  for (unsigned number = 0; number < lcores.size(); ++number) {
    mailboxes_.push_back(std::make_unique<Mailbox>(number, sockets[number]));
    mailboxes.push_back(mailboxes_.back().get());
    workers_.push_back(std::make_unique<Worker>(config, topology.workers[number],
                                                *mailboxes_.back(), spread_->ends_of(number),
                                                host_ways_->ends_of(number)));
  }
  std::vector<TransmitPort> routes;
  for (size_t i = 0; i < ports_.size(); ++i) {
    routes.push_back({topology.control[i], pools_.at(ports_[i]->socket()).own.get()});
  }
  transmitter_ = std::make_unique<Transmitter>(routes, mailboxes);
}

void Runtime::make_host(const WorkerConfig& config, const Topology& topology,
                        std::span<const int> sockets) {
  std::vector<HostRoute> routes;
  std::vector<std::unique_ptr<HostDevice>> devices;
  for (const HostConfig& host : hosts_) {
    const Port& port = port_of(host);
    routes.push_back(route_of(static_cast<dataplane::HostId>(routes.size()), port.id(), topology));
    devices.push_back(open_host({.name = host.name, .kind = host.kind, .mtu = port.mtu()},
                                *pools_.at(port.socket()).own));
  }
  host_ways_ = std::make_unique<HostWays>(routes, sockets);
  if (hosts_.empty()) return;
  const proto::Duration longest = config.idle == Idle::sleep ? kLongestSleep : kHostSleep;
  host_thread_ = std::make_unique<HostThread>(std::move(devices), *host_ways_, longest);
}

const Port& Runtime::port_of(const HostConfig& host) const {
  const auto found = std::find_if(ports_.begin(), ports_.end(),
                                  [&](const auto& port) { return port->name() == host.port; });
  assert(found != ports_.end());
  return **found;
}

void Runtime::launch() {
  run_workers();
  if (host_thread_) host_thread_->start();
}

void Runtime::run_workers() {
  assert(!running_);
  running_ = true;
  for (size_t number = 0; number < workers_.size(); ++number) {
    Worker* const worker = workers_[number].get();
    eal_.launch(eal_.lcores()[number], [worker] { worker->run(); });
  }
}

void Runtime::halt() {
  for (const auto& worker : workers_) worker->stop();
  if (running_) eal_.wait();
  running_ = false;
}

void Runtime::revive(Port& port) {
  assert(running_);
  halt();
  const auto set_polled = [&](bool polled) {
    for (const auto& worker : workers_) worker->set_polled(port.id(), polled);
  };
  const auto go_on = [this] {
    for (const auto& worker : workers_) worker->allow_run();
    run_workers();
  };
  set_polled(false);
  try {
    port.revive();
  } catch (const StartError&) {
    go_on();
    throw;
  }
  set_polled(true);
  go_on();
}

void Runtime::stop() {
  if (host_thread_) host_thread_->stop();
  halt();
  for (const auto& port : ports_) port->stop();
}

}  // namespace carp::dpdk
