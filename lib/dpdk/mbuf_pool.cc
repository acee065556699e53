// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/mbuf_pool.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ether.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_mempool.h>

#include <algorithm>

#include "lib/dpdk/large_pages.h"
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

// A thread that lost its CPU while it moved the ends of the usual ring would make all others wait;
// with a relaxed tail they pass it.
[[nodiscard]] const char* ring_of(const PoolUse& use) {
  return use.shared_with_host ? "ring_mt_rts" : rte_mbuf_best_mempool_ops();
}

[[nodiscard]] bool populate(rte_mempool* pool) {
  if (rte_eal_has_hugepages() == 0) return populate_from_large_pages(pool);
  return rte_mempool_populate_default(pool) >= 0;
}

// What rte_pktmbuf_pool_create does, but for the flag, without which no mbuf crosses a page, and
// for where the memory comes from.
[[nodiscard]] rte_mempool* make_dense_pool(const std::string& name, const PoolUse& use,
                                           int socket) {
  rte_pktmbuf_pool_private area{};
  area.mbuf_data_room_size = data_room(use.mtu);
  rte_mempool* pool = rte_mempool_create_empty(
      name.c_str(), pool_size(use), sizeof(rte_mbuf) + area.mbuf_data_room_size, kCacheSize,
      sizeof(area), socket, RTE_MEMPOOL_F_NO_IOVA_CONTIG);
  if (pool == nullptr) return nullptr;
  const int result = rte_mempool_set_ops_byname(pool, ring_of(use), nullptr);
  rte_pktmbuf_pool_init(pool, &area);
  if (result != 0 || !populate(pool)) {
    rte_mempool_free(pool);
    return nullptr;
  }
  rte_mempool_obj_iter(pool, rte_pktmbuf_init, nullptr);
  return pool;
}

[[nodiscard]] rte_mempool* make_pool(const std::string& name, const PoolUse& use, int socket) {
  if (use.dense || rte_eal_has_hugepages() == 0) return make_dense_pool(name, use, socket);
  return rte_pktmbuf_pool_create_by_ops(name.c_str(), pool_size(use), kCacheSize, 0,
                                        data_room(use.mtu), socket, ring_of(use));
}

}  // namespace

uint32_t pool_size(const PoolUse& use) noexcept {
  // Per worker one burst in hand; control's thread counts as one more, and so does the host's.
  const uint32_t threads = use.workers + (use.shared_with_host ? 2 : 1);
  const uint32_t in_hand = threads * (use.burst + kCachedMax);
  return use.descriptors + use.ring_entries + in_hand;
}

MbufPool::MbufPool(const std::string& name, const PoolUse& use, int socket)
    : pool_(make_pool(name, use, socket)), socket_(socket) {
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
