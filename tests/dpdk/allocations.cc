// SPDX-License-Identifier: BSD-3-Clause
#include "tests/dpdk/allocations.h"

#include <cstdlib>

namespace {

thread_local uint64_t count = 0;

}  // namespace

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

namespace carp::dpdk {
uint64_t allocations() noexcept { return count; }
bool counts_allocations() noexcept { return false; }
}  // namespace carp::dpdk

#else

extern "C" {
// The C library's own, under the names that it keeps for such replacements.
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

void* malloc(size_t size) {
  ++count;
  return __libc_malloc(size);
}
void* calloc(size_t members, size_t size) {
  ++count;
  return __libc_calloc(members, size);
}
void* realloc(void* old, size_t size) {
  ++count;
  return __libc_realloc(old, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  ++count;
  return __libc_memalign(alignment, size);
}
}

namespace carp::dpdk {
uint64_t allocations() noexcept { return count; }
bool counts_allocations() noexcept { return true; }
}  // namespace carp::dpdk

#endif
