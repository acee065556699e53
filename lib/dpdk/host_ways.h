// SPDX-License-Identifier: BSD-3-Clause
//
// The rings between workers and the host thread (I7.2), all bounded: traffic for the host waits for
// nothing but itself (I7.3).
//
//     worker -> host thread   HostInbox::arp      ARP for a kernel interface
//                             HostInbox::traffic  all else for one
//     host thread -> worker   HostOutbox          what a kernel interface sends
//
// A frame of the kernel is decided on by the worker that sends it, between adopting a table and
// handing the frame to the port, as it decides on an answer. So when workers have confirmed a
// table, no frame of the kernel leaves by an older one either (D22), and the host thread needs
// none. Made and destroyed on control's thread, while neither side runs.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "lib/dataplane/host_reason.h"
#include "lib/dpdk/spsc_ring.h"
#include "lib/dpdk/topology.h"

struct rte_mbuf;

namespace carp::dpdk {

// What a flow at line speed brings while the host thread sleeps or the kernel is busy.
inline constexpr unsigned kHostTrafficSize = 1024;
inline constexpr unsigned kHostArpSize = 128;
inline constexpr unsigned kHostOutboxSize = 256;

// A frame on its way to a kernel interface.
struct HostFrame {
  rte_mbuf* mbuf = nullptr;
  dataplane::HostId host = dataplane::kNoHost;
  uint16_t unused = 0;
  uint32_t unused2 = 0;
};

// From one worker.
class HostInbox {
 public:
  // Throws StartError (69) where there is no memory.
  HostInbox(unsigned worker, int socket);
  ~HostInbox();  // frees the frames still in it
  HostInbox(const HostInbox&) = delete;
  HostInbox& operator=(const HostInbox&) = delete;

  SpscRing<HostFrame> arp;
  SpscRing<HostFrame> traffic;
};

// How what a kernel interface sends leaves: by the worker that owns this transmit queue.
struct HostRoute {
  dataplane::HostId host = dataplane::kNoHost;
  dataplane::PortId port = 0;
  uint16_t tx_queue = 0;
  unsigned worker = 0;
};

// From one kernel interface, to the worker of its route.
class HostOutbox {
 public:
  // Throws StartError (69) where there is no memory.
  HostOutbox(const HostRoute& route, int socket);
  ~HostOutbox();  // frees the frames still in it
  HostOutbox(const HostOutbox&) = delete;
  HostOutbox& operator=(const HostOutbox&) = delete;

  [[nodiscard]] const HostRoute& route() const noexcept { return route_; }

  SpscRing<rte_mbuf*> frames;
  // Written by the worker, read relaxed.
  dataplane::HostCounters counters;
  dataplane::Counter transmit_full;  // the port took no more

 private:
  HostRoute route_;
};

// At which a worker stands.
struct HostEnds {
  HostInbox* inbox = nullptr;  // null: no interface has a kernel's beside it
  std::vector<HostOutbox*> outboxes;
};

class HostWays {
 public:
  // No rings where there is no route. `sockets`: the memory of each worker, by its number.
  HostWays(std::span<const HostRoute> routes, std::span<const int> sockets);

  // Valid as long as this object.
  [[nodiscard]] HostEnds ends_of(unsigned worker) const;
  [[nodiscard]] std::span<const std::unique_ptr<HostInbox>> inboxes() const { return inboxes_; }
  // By HostId.
  [[nodiscard]] std::span<const std::unique_ptr<HostOutbox>> outboxes() const { return outboxes_; }

 private:
  std::vector<std::unique_ptr<HostInbox>> inboxes_;
  std::vector<std::unique_ptr<HostOutbox>> outboxes_;
};

}  // namespace carp::dpdk
