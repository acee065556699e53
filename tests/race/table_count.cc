// SPDX-License-Identifier: BSD-3-Clause
#include "tests/race/table_count.h"

#include <cstdlib>
#include <mutex>
#include <new>
#include <set>

namespace carp::race {
namespace {

// The nodes of the set are smaller than tables, so freeing one comes not back here.
constexpr size_t kNodeMax = 64;
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

// A table has no alignment of its own, so the plain operators make and free it.
static_assert(alignof(carp::dataplane::ForwardTable) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
static_assert(sizeof(carp::dataplane::ForwardTable) > carp::race::kNodeMax);

void* operator new(std::size_t size) {
  if (void* object = std::malloc(size)) return object;
  throw std::bad_alloc();
}

void operator delete(void* object) noexcept { std::free(object); }

void operator delete(void* object, std::size_t size) noexcept {
  if (size == sizeof(carp::dataplane::ForwardTable)) carp::race::note_freed(object);
  std::free(object);
}
