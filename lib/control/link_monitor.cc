// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/link_monitor.h"

namespace carp::control {
namespace {

constexpr proto::Duration kLinkPause = std::chrono::milliseconds(10);

}  // namespace

LinkMonitor::LinkMonitor(std::vector<const dpdk::Port*> ports) : ports_(std::move(ports)) {}

void LinkMonitor::poll(Engine& engine, proto::TimePoint now, Outbox& out) {
  if (now < due_) return;
  due_ = now + kLinkPause;
  // The engine knows the last state and does nothing where it is the same.
  for (const dpdk::Port* port : ports_) engine.on_link(port->id(), port->link().up, now, out);
}

}  // namespace carp::control
