// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/mailbox.h"

#include "lib/dpdk/mbuf.h"

namespace carp::dpdk {
namespace {

[[nodiscard]] std::string ring_name(unsigned worker, const char* what) {
  return "carp" + std::to_string(worker) + "_" + what;
}

size_t take(SpscRing<rte_mbuf*>& ring, size_t limit, const OnPunt& on_punt) {
  size_t taken = 0;
  rte_mbuf* mbuf = nullptr;
  for (; taken < limit && ring.pop(mbuf); ++taken) {
    on_punt(mbuf->port, frame_of(*mbuf));
    rte_pktmbuf_free(mbuf);
  }
  return taken;
}

}  // namespace

Mailbox::Mailbox(unsigned worker, int socket)
    : tables(ring_name(worker, "tables"), kTableRingSize, socket),
      // One more: the table in use comes on top of those in the ring.
      retired(ring_name(worker, "retired"), kTableRingSize + 1, socket),
      adverts(ring_name(worker, "adverts"), kAdvertRingSize, socket),
      conflicts(ring_name(worker, "conflicts"), kConflictRingSize, socket),
      priority(ring_name(worker, "priority"), kPriorityRingSize, socket),
      completions(ring_name(worker, "completions"), kPriorityRingSize, socket) {}

Mailbox::~Mailbox() {
  rte_mbuf* mbuf = nullptr;
  while (adverts.pop(mbuf) || conflicts.pop(mbuf)) rte_pktmbuf_free(mbuf);
  for (PriorityFrame frame; priority.pop(frame);) rte_pktmbuf_free(frame.mbuf);
}

const dataplane::ForwardTable* Mailbox::take_retired() noexcept {
  const dataplane::ForwardTable* table = nullptr;
  return retired.pop(table) ? table : nullptr;
}

size_t Mailbox::take_adverts(size_t limit, const OnPunt& on_punt) {
  return take(adverts, limit, on_punt);
}

size_t Mailbox::take_conflicts(size_t limit, const OnPunt& on_punt) {
  return take(conflicts, limit, on_punt);
}

}  // namespace carp::dpdk
