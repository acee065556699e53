// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/large_pages.h"

#include <rte_eal.h>
#include <rte_mempool.h>
#include <sys/mman.h>

#include <cstdint>

namespace carp::dpdk {
namespace {

constexpr size_t kLargePage = size_t{2} << 20;

[[nodiscard]] constexpr size_t round_up(size_t bytes) noexcept {
  return (bytes + kLargePage - 1) / kLargePage * kLargePage;
}

// Begins and ends with a large page. Null where there is no memory.
[[nodiscard]] std::byte* map(size_t bytes) noexcept {
  // One page more than is needed holds an aligned place for sure; the rest goes back.
  void* const place =
      mmap(nullptr, bytes + kLargePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) return nullptr;
  auto* const begin = static_cast<std::byte*>(place);
  const size_t before =
      round_up(reinterpret_cast<uintptr_t>(begin)) - reinterpret_cast<uintptr_t>(begin);
  if (before != 0) munmap(begin, before);
  if (before != kLargePage) munmap(begin + before + bytes, kLargePage - before);
  // A kernel that has no large pages to give, or none at all, gives small ones.
  madvise(begin + before, bytes, MADV_HUGEPAGE);
  return begin + before;
}

void unmap(rte_mempool_memhdr* chunk, void* /*unused*/) { munmap(chunk->addr, chunk->len); }

}  // namespace

bool populate_from_large_pages(rte_mempool* pool) noexcept {
  const size_t bytes =
      round_up(size_t{pool->size} * (pool->header_size + pool->elt_size + pool->trailer_size));
  std::byte* const memory = map(bytes);
  if (memory == nullptr) return false;
  // No device reads it by itself: without hugepages there are only drivers in software.
  const rte_iova_t iova =
      rte_eal_iova_mode() == RTE_IOVA_VA ? reinterpret_cast<uintptr_t>(memory) : RTE_BAD_IOVA;
  const int filled =
      rte_mempool_populate_iova(pool, reinterpret_cast<char*>(memory), iova, bytes, unmap, nullptr);
  if (filled < 0) munmap(memory, bytes);
  return filled >= 0 && static_cast<uint32_t>(filled) == pool->size;
}

}  // namespace carp::dpdk
