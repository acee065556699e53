// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/mac_filter.h"

#include <rte_ethdev.h>

#include <algorithm>
#include <array>

namespace carp::dpdk {
namespace {

[[nodiscard]] rte_ether_addr to_rte(const net::MacAddress& mac) {
  rte_ether_addr address{};
  std::copy(mac.bytes.begin(), mac.bytes.end(), std::begin(address.addr_bytes));
  return address;
}

}  // namespace

bool add_to_filter(dataplane::PortId port, std::span<const net::MacAddress> macs) {
  // Adding one that is there already does nothing.
  for (const net::MacAddress& mac : macs) {
    rte_ether_addr address = to_rte(mac);
    if (rte_eth_dev_mac_addr_add(port, &address, 0) != 0) return false;
  }
  // The second is asked by IGMP queries (I6.5).
  std::array groups{to_rte(net::kCarpGroupMac), to_rte(net::multicast_mac(net::kAllSystems))};
  return rte_eth_dev_set_mc_addr_list(port, groups.data(), groups.size()) == 0 ||
         rte_eth_allmulticast_enable(port) == 0;
}

}  // namespace carp::dpdk
