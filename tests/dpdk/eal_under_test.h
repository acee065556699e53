// SPDX-License-Identifier: BSD-3-Clause
//
// The EAL of the test process: two worker lcores, no devices but what a test adds.
#pragma once

#include "lib/dpdk/eal.h"

namespace carp::dpdk {

[[nodiscard]] Eal& eal_under_test();

}  // namespace carp::dpdk
