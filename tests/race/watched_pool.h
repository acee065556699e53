// SPDX-License-Identifier: BSD-3-Clause
//
// A mempool whose free objects wait behind a mutex of this program. DPDK's own free list is a ring
// inside its libraries, which are not instrumented: ThreadSanitizer would take an mbuf that one
// thread frees and another gets for a race. For tests under it only.
#pragma once

namespace carp::race {

// The name for EAL's --mbuf-pool-ops-name; all pools of mbufs made from then on are watched.
inline constexpr const char* kWatchedPool = "watched";

}  // namespace carp::race
