// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/spread.h"

#include <rte_mbuf.h>

#include <string>

namespace carp::dpdk {
namespace {

[[nodiscard]] std::string ring_name(const Handover& way) {
  return "carp_p" + std::to_string(way.port) + "_" + std::to_string(way.giver) + "to" +
         std::to_string(way.taker);
}

}  // namespace

HandoverRing::HandoverRing(const Handover& way, int socket)
    : frames_(ring_name(way), kHandoverRingSize, socket), way_(way) {}

HandoverRing::~HandoverRing() {
  for (rte_mbuf* mbuf = nullptr; frames_.pop(mbuf);) rte_pktmbuf_free(mbuf);
}

Spread::Spread(std::span<const Handover> ways, std::span<const int> sockets) {
  for (const Handover& way : ways)
    rings_.push_back(std::make_unique<HandoverRing>(way, sockets[way.taker]));
}

SpreadEnds Spread::ends_of(unsigned worker) const {
  SpreadEnds ends;
  for (const auto& ring : rings_) {
    if (ring->way().giver == worker) ends.gives.push_back(ring.get());
    if (ring->way().taker == worker) ends.takes.push_back(ring.get());
  }
  return ends;
}

}  // namespace carp::dpdk
