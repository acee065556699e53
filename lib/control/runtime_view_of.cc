// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/runtime_view_of.h"

#include <algorithm>

namespace carp::control {
namespace {

[[nodiscard]] std::string name_of(dpdk::Runtime& runtime, dataplane::PortId id) {
  for (const auto& port : runtime.ports())
    if (port->id() == id) return port->name();
  return "?";
}

[[nodiscard]] WorkerView worker_view(dpdk::Runtime& runtime, size_t number,
                                     const Heartbeats& heartbeats, proto::TimePoint now) {
  const dpdk::Worker& worker = *runtime.workers()[number];
  const dpdk::WorkerStatus& status = worker.status();
  WorkerView view{.lcore = runtime.lcores()[number],
                  .received = status.counters.received.get(),
                  .handed_over = status.handed_over.get(),
                  .busy = heartbeats.busy(number),
                  .table_generation = status.applied_generation.load(std::memory_order_relaxed),
                  .stalled = heartbeats.is_stalled(number, now)};
  std::transform(status.counters.by_reason.begin(), status.counters.by_reason.end(),
                 view.by_reason.begin(), [](const auto& counter) { return counter.get(); });
  for (const dpdk::OwnedQueue& queue : worker.queues())
    view.queues.push_back(name_of(runtime, queue.port) + " rx " + std::to_string(queue.rx_queue));
  return view;
}

[[nodiscard]] PortView port_view(dpdk::Runtime& runtime, const dpdk::Port& port) {
  const dpdk::PortStatistics statistics = port.statistics();
  return {.port = port.id(),
          .driver = port.driver(),
          .ipackets = statistics.ipackets,
          .opackets = statistics.opackets,
          .imissed = statistics.imissed,
          .oerrors = statistics.oerrors,
          .rx_queues = port.queues().rx_queues,
          .tx_queues = port.queues().tx_queues,
          .control_tx_own = runtime.transmitter().control_tx(port.id()) == dpdk::ControlTx::own,
          .link_watch = port.link_watch()};
}

[[nodiscard]] HostView host_view(const dpdk::HostOutbox& outbox, const dpdk::HostStatus& status) {
  HostView view{.to_host = status.to_host.get(),
                .from_host = status.from_host.get(),
                .refused = status.refused.get(),
                .too_long = status.too_long.get(),
                .no_buffer = status.no_buffer.get(),
                .transmit_full = outbox.transmit_full.get(),
                .reopened = status.reopened.get(),
                .gone = status.gone.load(std::memory_order_relaxed)};
  std::transform(outbox.counters.by_reason.begin(), outbox.counters.by_reason.end(),
                 view.by_reason.begin(), [](const auto& counter) { return counter.get(); });
  return view;
}

}  // namespace

RuntimeView view_of(dpdk::Runtime& runtime, const Heartbeats& heartbeats,
                    const std::vector<std::string>& versions, proto::TimePoint now) {
  RuntimeView view{.versions = versions};
  for (size_t number = 0; number < runtime.workers().size(); ++number)
    view.workers.push_back(worker_view(runtime, number, heartbeats, now));
  for (const auto& port : runtime.ports()) view.ports.push_back(port_view(runtime, *port));
  for (const auto& outbox : runtime.host_outboxes())
    view.hosts.push_back(host_view(*outbox, runtime.host_status(outbox->route().host)));
  return view;
}

}  // namespace carp::control
