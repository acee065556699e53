// SPDX-License-Identifier: BSD-3-Clause
//
// A worker's two ways with kernel interfaces (I7.2): what it received for them, and what they send
// by its transmit queue.
#include <rte_ethdev.h>

#include <array>
#include <cassert>

#include "lib/dataplane/host_egress.h"
#include "lib/dataplane/host_ingress.h"
#include "lib/dpdk/mbuf.h"
#include "lib/dpdk/tsc_clock.h"
#include "lib/dpdk/worker.h"

namespace carp::dpdk {

using dataplane::HostReason;
using dataplane::Reason;

namespace {

// Rewrites the frame as the rules say, its tag included. False where it does not leave.
[[nodiscard]] bool make_leave(rte_mbuf* mbuf, const dataplane::Interface& interface,
                              const dataplane::ForwardTable& table, dataplane::Ticks now,
                              HostOutbox& outbox) noexcept {
  const HostReason reason = dataplane::from_host(frame_of(*mbuf), interface, table, now);
  outbox.counters.of(reason).add(1);
  if (!dataplane::leaves(reason)) return false;
  const auto room = static_cast<uint16_t>(dataplane::tag_room(interface));
  // An mbuf's headroom is 128 bytes, and nothing of it is used yet.
  rte_pktmbuf_prepend(mbuf, room);
  dataplane::insert_tag(frame_of(*mbuf), interface);
  return true;
}

}  // namespace

// What becomes of a frame that the kernel shall have: its reason, or why it is dropped. Requires:
// there is a host thread, or the table would have no such interface.
Reason Worker::give_to_host(rte_mbuf* mbuf, dataplane::PortId port, Reason reason) noexcept {
  const bool is_arp = reason == Reason::host_arp;
  if (is_arp && !host_arp_limit_.admit(clock_)) return Reason::host_limited;
  if (reason == Reason::host_query) show_control(*mbuf, port);
  const bool is_group = reason == Reason::host_group || reason == Reason::host_query;
  if (is_group && !host_group_limit_.admit(clock_)) return Reason::host_limited;
  SpscRing<HostFrame>& ring = is_arp ? host_.inbox->arp : host_.inbox->traffic;
  if (ring.free_count() == 0) return Reason::host_full;
  const dataplane::ToHost way = dataplane::to_host(frame_of(*mbuf), port, *table_);
  rte_pktmbuf_adj(mbuf, static_cast<uint16_t>(way.front));
  return ring.push({.mbuf = mbuf, .host = way.host}) ? reason : Reason::host_full;
}

// A copy, for the frame itself goes on to the kernel. None where control has enough to read.
void Worker::show_control(const rte_mbuf& mbuf, dataplane::PortId port) noexcept {
  if (mailbox_.queries.free_count() == 0) return;
  rte_mbuf* const copy = rte_pktmbuf_copy(&mbuf, mbuf.pool, 0, mbuf.pkt_len);
  if (copy != nullptr && !punt(copy, port, Reason::igmp_query)) rte_pktmbuf_free(copy);
}

// One burst a poll, after all answers. A lease is trusted from the reading of the clock until the
// burst is with the port, as for answers.
bool Worker::send_for_host(HostOutbox& outbox) noexcept {
  // Before the first table nobody knows whose frames these are: they wait.
  if (table_ == nullptr) return false;
  std::array<rte_mbuf*, kMaxBurst> frames;
  const unsigned count = outbox.frames.pop_some(std::span(frames).first(config_.burst));
  if (count == 0) return false;
  const dataplane::Interface* const interface = table_->find_host(outbox.route().host);
  assert(interface != nullptr);  // outboxes are those of the configured interfaces
  clock_ = ticks_now();
  std::array<rte_mbuf*, kMaxBurst> dropped;
  uint16_t leaving = 0;
  unsigned drops = 0;
  for (rte_mbuf* mbuf : std::span(frames).first(count)) {
    if (make_leave(mbuf, *interface, *table_, clock_, outbox)) {
      frames[leaving++] = mbuf;
    } else {
      dropped[drops++] = mbuf;
    }
  }
  const HostRoute& route = outbox.route();
  const uint16_t sent = leaving == 0
                            ? uint16_t{0}
                            : rte_eth_tx_burst(route.port, route.tx_queue, frames.data(), leaving);
  outbox.transmit_full.add(static_cast<uint64_t>(leaving - sent));
  rte_pktmbuf_free_bulk(frames.data() + sent, static_cast<unsigned>(leaving - sent));
  rte_pktmbuf_free_bulk(dropped.data(), drops);
  return true;
}

}  // namespace carp::dpdk
