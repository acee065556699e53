// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/mailbox.h"

#include <utility>

#include "lib/dpdk/mbuf.h"
#include "lib/proto/wire.h"

namespace carp::dpdk {
namespace {

[[nodiscard]] std::string ring_name(unsigned worker, const char* what) {
  return "carp" + std::to_string(worker) + "_" + what;
}

template <size_t... lanes>
[[nodiscard]] std::array<SpscRing<rte_mbuf*>, sizeof...(lanes)> advert_rings(
    unsigned worker, int socket, std::index_sequence<lanes...>) {
  return {SpscRing<rte_mbuf*>(ring_name(worker, "adverts") + std::to_string(lanes), kAdvertLaneSize,
                              socket)...};
}

// Takes one frame; false where there is none.
bool take_one(SpscRing<rte_mbuf*>& ring, const OnPunt& on_punt) {
  rte_mbuf* mbuf = nullptr;
  if (!ring.pop(mbuf)) return false;
  on_punt(mbuf->port, frame_of(*mbuf));
  rte_pktmbuf_free(mbuf);
  return true;
}

size_t take(SpscRing<rte_mbuf*>& ring, size_t limit, const OnPunt& on_punt) {
  size_t taken = 0;
  while (taken < limit && take_one(ring, on_punt)) ++taken;
  return taken;
}

}  // namespace

Mailbox::Mailbox(unsigned worker, int socket)
    : tables(ring_name(worker, "tables"), kTableRingSize, socket),
      // One more: the table in use comes on top of those in the ring.
      retired(ring_name(worker, "retired"), kTableRingSize + 1, socket),
      adverts(advert_rings(worker, socket, std::make_index_sequence<kAdvertLanes>{})),
      unexpected(ring_name(worker, "unexpected"), kUnexpectedRingSize, socket),
      invalid(ring_name(worker, "invalid"), kInvalidRingSize, socket),
      conflicts(ring_name(worker, "conflicts"), kConflictRingSize, socket),
      queries(ring_name(worker, "queries"), kQueryRingSize, socket),
      priority(ring_name(worker, "priority"), kPriorityRingSize, socket),
      completions(ring_name(worker, "completions"), kPriorityRingSize, socket) {}

Mailbox::~Mailbox() {
  const OnPunt nobody = [](dataplane::PortId, net::ConstBytes) {};
  take_adverts(kPuntsAtMost, nobody);
  for (auto* ring : {&unexpected, &invalid, &conflicts, &queries})
    take(*ring, kPuntsAtMost, nobody);
  for (PriorityFrame frame; priority.pop(frame);) rte_pktmbuf_free(frame.mbuf);
}

const dataplane::ForwardTable* Mailbox::take_retired() noexcept {
  const dataplane::ForwardTable* table = nullptr;
  return retired.pop(table) ? table : nullptr;
}

size_t Mailbox::take_adverts(size_t limit, const OnPunt& on_punt) {
  size_t taken = 0;
  for (size_t empty = 0; taken < limit && empty < kAdvertLanes;) {
    const bool took = take_one(adverts[next_lane_], on_punt);
    next_lane_ = (next_lane_ + 1) % kAdvertLanes;
    taken += took ? 1 : 0;
    empty = took ? 0 : empty + 1;
  }
  return taken;
}

size_t Mailbox::take_unexpected(size_t limit, const OnPunt& on_punt) {
  return take(unexpected, limit, on_punt);
}

size_t Mailbox::take_invalid(size_t limit, const OnPunt& on_punt) {
  return take(invalid, limit, on_punt);
}

size_t Mailbox::take_conflicts(size_t limit, const OnPunt& on_punt) {
  return take(conflicts, limit, on_punt);
}

size_t Mailbox::take_queries(size_t limit, const OnPunt& on_punt) {
  return take(queries, limit, on_punt);
}

SpscRing<rte_mbuf*>& Mailbox::ring_for(dataplane::Reason reason, net::ConstBytes frame) noexcept {
  switch (reason) {
    case dataplane::Reason::advert:
      return adverts[proto::claimed_vhid(frame).value_or(0) % kAdvertLanes];
    case dataplane::Reason::advert_unexpected: return unexpected;
    case dataplane::Reason::advert_invalid: return invalid;
    case dataplane::Reason::igmp_query: return queries;
    default: return conflicts;
  }
}

}  // namespace carp::dpdk
