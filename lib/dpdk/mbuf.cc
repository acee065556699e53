// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/mbuf.h"

namespace carp::dpdk {

bool insert_tag(rte_mbuf* mbuf) noexcept { return rte_vlan_insert(&mbuf) == 0; }

}  // namespace carp::dpdk
