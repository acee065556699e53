// SPDX-License-Identifier: BSD-3-Clause
//
// Counts what this program takes from the heap: its malloc, calloc, realloc and aligned ones, the
// libraries' included, are replaced by ones that count and call the C library's.
#pragma once

#include <cstdint>

namespace carp::dpdk {

// By the calling thread so far. Nothing where a sanitizer has its own heap.
[[nodiscard]] uint64_t allocations() noexcept;
[[nodiscard]] bool counts_allocations() noexcept;

}  // namespace carp::dpdk
