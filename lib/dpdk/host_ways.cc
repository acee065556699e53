// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/host_ways.h"

#include <rte_mbuf.h>

#include <string>

namespace carp::dpdk {

HostInbox::HostInbox(unsigned worker, int socket)
    : arp("carp" + std::to_string(worker) + "_host_arp", kHostArpSize, socket),
      traffic("carp" + std::to_string(worker) + "_host", kHostTrafficSize, socket) {}

HostInbox::~HostInbox() {
  for (auto* ring : {&arp, &traffic})
    for (HostFrame frame; ring->pop(frame);) rte_pktmbuf_free(frame.mbuf);
}

HostOutbox::HostOutbox(const HostRoute& route, int socket)
    : frames("carp_host" + std::to_string(route.host), kHostOutboxSize, socket), route_(route) {}

HostOutbox::~HostOutbox() {
  for (rte_mbuf* mbuf = nullptr; frames.pop(mbuf);) rte_pktmbuf_free(mbuf);
}

HostWays::HostWays(std::span<const HostRoute> routes, std::span<const int> sockets) {
  if (routes.empty()) return;
  for (unsigned worker = 0; worker < sockets.size(); ++worker)
    inboxes_.push_back(std::make_unique<HostInbox>(worker, sockets[worker]));
  for (const HostRoute& route : routes)
    outboxes_.push_back(std::make_unique<HostOutbox>(route, sockets[route.worker]));
}

HostEnds HostWays::ends_of(unsigned worker) const {
  HostEnds ends;
  if (worker < inboxes_.size()) ends.inbox = inboxes_[worker].get();
  for (const auto& outbox : outboxes_)
    if (outbox->route().worker == worker) ends.outboxes.push_back(outbox.get());
  return ends;
}

}  // namespace carp::dpdk
