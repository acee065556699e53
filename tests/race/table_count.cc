// SPDX-License-Identifier: BSD-3-Clause
#include "tests/race/table_count.h"

#include <cstdlib>
#include <mutex>
#include <new>
#include <set>

namespace carp::race {
namespace {

// The nodes of the set are not aligned as tables are, so freeing them comes not back here.
std::mutex mutex;
std::set<const void*> alive;
uint64_t freed = 0;

void note_freed(const void* object) {
  const std::lock_guard lock(mutex);
  freed += alive.erase(object);
}

}  // namespace

void count_table(const dataplane::ForwardTable* table) {
  const std::lock_guard lock(mutex);
  alive.insert(table);
}

uint64_t tables_alive() {
  const std::lock_guard lock(mutex);
  return alive.size();
}

uint64_t tables_freed() {
  const std::lock_guard lock(mutex);
  return freed;
}

}  // namespace carp::race

// A table is aligned to cache lines, so the operators for aligned objects make and free it.
static_assert(alignof(carp::dataplane::ForwardTable) > __STDCPP_DEFAULT_NEW_ALIGNMENT__);

void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  if (void* object = std::aligned_alloc(step, (size + step - 1) / step * step)) return object;
  throw std::bad_alloc();
}

void operator delete(void* object, std::align_val_t) noexcept { std::free(object); }

void operator delete(void* object, std::size_t size, std::align_val_t) noexcept {
  if (size == sizeof(carp::dataplane::ForwardTable)) carp::race::note_freed(object);
  std::free(object);
}
