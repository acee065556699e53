// SPDX-License-Identifier: BSD-3-Clause
//
// Memory for a pool where no hugepages are reserved (--no-huge): the kernel is asked for large
// pages, which cost nothing to set up and which EAL's own memory, a file to be shared, does not get
// by default. Without them a core that writes into frames spread over hundreds of small pages
// waits for their translation half of the time (docs/performance.md). Control's thread.
#pragma once

#include <cstddef>

struct rte_mempool;

namespace carp::dpdk {

// Fills the pool, made empty and of known size, from such memory, which is given back with the
// pool. False where there is not so much.
[[nodiscard]] bool populate_from_large_pages(rte_mempool* pool) noexcept;

}  // namespace carp::dpdk
