// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/version.h"

#include <rte_version.h>

namespace carp::dpdk {

std::string version() { return rte_version(); }

}  // namespace carp::dpdk
