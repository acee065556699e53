// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/mbuf_pool.h"

#include <rte_errno.h>
#include <rte_ether.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include <algorithm>

#include "lib/dpdk/start_error.h"

namespace carp::dpdk {
namespace {

// Mbufs that an lcore keeps at hand. A cache may fill up to one and a half times its size, and
// what lies in one lcore's cache no other can take.
constexpr uint32_t kCacheSize = 128;
constexpr uint32_t kCachedMax = kCacheSize * 3 / 2;

// Ethernet header, two tags, checksum.
constexpr uint32_t kFrameOverhead = RTE_ETHER_HDR_LEN + 2 * RTE_VLAN_HLEN + RTE_ETHER_CRC_LEN;

[[nodiscard]] uint16_t data_room(uint16_t mtu) {
  const uint32_t room = std::max<uint32_t>(mtu + kFrameOverhead, RTE_MBUF_DEFAULT_DATAROOM);
  return static_cast<uint16_t>(std::min<uint32_t>(room + RTE_PKTMBUF_HEADROOM, UINT16_MAX));
}

}  // namespace

uint32_t pool_size(const PoolUse& use) noexcept {
  // Per worker one burst in hand; control's thread counts as one more.
  const uint32_t in_hand = (use.workers + 1) * (use.burst + kCachedMax);
  return use.descriptors + use.ring_entries + in_hand;
}

MbufPool::MbufPool(const std::string& name, const PoolUse& use, int socket)
    : pool_(rte_pktmbuf_pool_create(name.c_str(), pool_size(use), kCacheSize, 0, data_room(use.mtu),
                                    socket)),
      socket_(socket) {
  if (pool_ == nullptr) {
    throw StartError(ExitCode::unavailable,
                     "mbuf pool " + name + " of " + std::to_string(pool_size(use)) + " on socket " +
                         std::to_string(socket) + ": " + rte_strerror(rte_errno) +
                         "; reserve more memory (hugepages, EAL -m)");
  }
}

MbufPool::~MbufPool() { rte_mempool_free(pool_); }

uint32_t MbufPool::size() const noexcept { return pool_->size; }

uint32_t MbufPool::available() const noexcept { return rte_mempool_avail_count(pool_); }

}  // namespace carp::dpdk
