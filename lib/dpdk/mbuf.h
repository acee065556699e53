// SPDX-License-Identifier: BSD-3-Clause
//
// Between DPDK's mbufs and the byte views of net. Any thread.
#pragma once

#include <rte_ether.h>
#include <rte_mbuf.h>

#include <algorithm>
#include <limits>

#include "lib/net/bytes.h"

namespace carp::dpdk {

// The bytes of the first segment: the whole frame where nb_segs is 1.
[[nodiscard]] inline net::Bytes frame_of(rte_mbuf& mbuf) noexcept {
  return {rte_pktmbuf_mtod(&mbuf, uint8_t*), rte_pktmbuf_data_len(&mbuf)};
}

// A new mbuf with a copy of `frame`. Null where the pool is empty or the frame too long for a
// buffer of it.
[[nodiscard]] inline rte_mbuf* mbuf_from(rte_mempool* pool, net::ConstBytes frame) noexcept {
  if (frame.size() > std::numeric_limits<uint16_t>::max()) return nullptr;
  rte_mbuf* mbuf = rte_pktmbuf_alloc(pool);
  if (mbuf == nullptr) return nullptr;
  char* data = rte_pktmbuf_append(mbuf, static_cast<uint16_t>(frame.size()));
  if (data == nullptr) {
    rte_pktmbuf_free(mbuf);
    return nullptr;
  }
  std::copy(frame.begin(), frame.end(), reinterpret_cast<uint8_t*>(data));
  return mbuf;
}

// Out of line: it is as long as a whole answer.
[[nodiscard]] bool insert_tag(rte_mbuf* mbuf) noexcept;

// Puts back the VLAN tag of a frame whose driver took it out (net_af_packet does, and can't be
// told not to), so that everyone sees the bytes that were on the wire. False where there is no
// room for it; the mbuf is then as before.
[[nodiscard]] inline bool restore_tag(rte_mbuf* mbuf) noexcept {
  if ((mbuf->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) == 0) [[likely]]
    return true;
  return insert_tag(mbuf);
}

}  // namespace carp::dpdk
