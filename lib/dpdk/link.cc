// SPDX-License-Identifier: BSD-3-Clause
//
// The link of a port, polled: interrupts are not to be trusted (D16, and the traps of the design).
#include <net/if.h>
#include <rte_ethdev.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>

#include "lib/dpdk/port.h"

namespace carp::dpdk {
namespace {

[[nodiscard]] LinkState reported_by_driver(dataplane::PortId port) {
  rte_eth_link link{};
  const int result = rte_eth_link_get_nowait(port, &link);
  // A driver without a report has no link to lose: unknown counts as up (R14). A device that is no
  // longer there is not unknown.
  if (result != 0) return {.up = result == -ENOTSUP};
  const bool speed_known =
      link.link_speed != RTE_ETH_SPEED_NUM_NONE && link.link_speed != RTE_ETH_SPEED_NUM_UNKNOWN;
  return {.up = link.link_status == RTE_ETH_LINK_UP,
          .speed_mbps = speed_known ? link.link_speed : 0};
}

}  // namespace

LinkState Port::link() const {
  if (presence() != Presence::there) return {.up = false};
  switch (profile_.link) {
    case LinkSource::none: return {.up = true};
    case LinkSource::kernel:
      // Without an interface behind it (net_pcap on files) there is only the driver to ask.
      if (if_index_ == 0) return reported_by_driver(id_);
      return {.up = kernel_carrier(if_index_)};
    case LinkSource::driver: break;
  }
  return reported_by_driver(id_);
}

std::string Port::link_watch() const {
  if (profile_.link == LinkSource::none) return "none";
  if (profile_.link != LinkSource::kernel || if_index_ == 0) return "driver";
  const std::string now = kernel_name_of(if_index_);
  return "kernel interface " + (now.empty() ? kernel_name_ + " (gone)" : now);
}

std::string kernel_name_of(unsigned if_index) {
  char name[IF_NAMESIZE];
  return if_index != 0 && if_indextoname(if_index, name) != nullptr ? name : "";
}

unsigned kernel_rx_queues(unsigned if_index) {
  char name[IF_NAMESIZE];
  if (if_indextoname(if_index, name) == nullptr) return 0;
  std::error_code error;
  const std::filesystem::directory_iterator queues(
      std::string("/sys/class/net/") + name + "/queues", error);
  if (error) return 0;
  return static_cast<unsigned>(std::count_if(begin(queues), end(queues), [](const auto& entry) {
    return entry.path().filename().string().starts_with("rx-");
  }));
}

bool kernel_carrier(unsigned if_index) {
  ifreq request{};
  // By index, since a name may be given to another interface meanwhile.
  if (if_indextoname(if_index, request.ifr_name) == nullptr) return false;
  const int any_socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (any_socket < 0) return false;
  const bool known = ioctl(any_socket, SIOCGIFFLAGS, &request) == 0;
  close(any_socket);
  constexpr short kUpWithCarrier = IFF_UP | IFF_RUNNING;
  return known && (request.ifr_flags & kUpWithCarrier) == kUpWithCarrier;
}

}  // namespace carp::dpdk
