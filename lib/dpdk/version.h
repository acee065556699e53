// SPDX-License-Identifier: BSD-3-Clause
//
// Which DPDK this program runs with. Any thread; needs no EAL.
#pragma once

#include <string>

namespace carp::dpdk {

// "DPDK 22.11.11".
[[nodiscard]] std::string version();

}  // namespace carp::dpdk
