// SPDX-License-Identifier: BSD-3-Clause
#include "tests/race/watched_pool.h"

#include <rte_mempool.h>

#include <cerrno>
#include <mutex>
#include <vector>

namespace carp::race {
namespace {

struct FreeList {
  std::mutex mutex;
  std::vector<void*> objects;
};

[[nodiscard]] FreeList& list_of(const rte_mempool* pool) {
  return *static_cast<FreeList*>(pool->pool_data);
}

int make(rte_mempool* pool) {
  pool->pool_data = new FreeList;
  return 0;
}

void destroy(rte_mempool* pool) { delete static_cast<FreeList*>(pool->pool_data); }

int give_back(rte_mempool* pool, void* const* objects, unsigned count) {
  FreeList& list = list_of(pool);
  const std::lock_guard lock(list.mutex);
  list.objects.insert(list.objects.end(), objects, objects + count);
  return 0;
}

// All or nothing. The one that waited longest comes first, so that a frame that is used after it
// was freed is still what it was for as short a time as possible.
int take(rte_mempool* pool, void** objects, unsigned count) {
  FreeList& list = list_of(pool);
  const std::lock_guard lock(list.mutex);
  if (list.objects.size() < count) return -ENOBUFS;
  std::copy(list.objects.end() - count, list.objects.end(), objects);
  list.objects.resize(list.objects.size() - count);
  return 0;
}

unsigned count(const rte_mempool* pool) {
  FreeList& list = list_of(pool);
  const std::lock_guard lock(list.mutex);
  return static_cast<unsigned>(list.objects.size());
}

rte_mempool_ops watched_ops() {
  rte_mempool_ops ops{};
  std::char_traits<char>::copy(ops.name, kWatchedPool, sizeof "watched");
  ops.alloc = make;
  ops.free = destroy;
  ops.enqueue = give_back;
  ops.dequeue = take;
  ops.get_count = count;
  return ops;
}

const rte_mempool_ops ops = watched_ops();
// NOLINTNEXTLINE: before main, as DPDK's own ones; the EAL must know the name when it starts.
[[maybe_unused]] const int registered = rte_mempool_register_ops(&ops);

}  // namespace
}  // namespace carp::race
