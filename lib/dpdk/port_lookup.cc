// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/port_lookup.h"

#include <rte_ethdev.h>
#include <rte_pci.h>

#include <array>
#include <optional>

#include "lib/dpdk/privilege.h"
#include "lib/dpdk/start_error.h"

namespace carp::dpdk {
namespace {

// "0000:01:00.0" from that or from "01:00.0"; nothing where it is no PCI address.
[[nodiscard]] std::optional<std::string> pci_name(const std::string& name) {
  rte_pci_addr address{};
  if (rte_pci_addr_parse(name.c_str(), &address) != 0) return std::nullopt;
  std::array<char, PCI_PRI_STR_SIZE + 1> text{};
  rte_pci_device_name(&address, text.data(), text.size());
  return text.data();
}

[[nodiscard]] std::string port_names() {
  std::string names;
  uint16_t port = 0;
  RTE_ETH_FOREACH_DEV(port) {
    std::array<char, RTE_ETH_NAME_MAX_LEN> name{};
    if (rte_eth_dev_get_name_by_port(port, name.data()) != 0) continue;
    if (!names.empty()) names += ", ";
    names += name.data();
  }
  return names.empty() ? "none" : names;
}

// Devices that are made by asking the kernel for a socket or an interface.
[[nodiscard]] bool needs_network_privilege(const std::string& name) {
  for (const char* driver : {"net_af_packet", "net_af_xdp", "net_tap", "virtio_user"}) {
    if (name.starts_with(driver)) return true;
  }
  return false;
}

[[nodiscard]] StartError not_found(const std::string& name, bool is_pci) {
  const std::string what = "port " + name + ": ";
  if (is_pci && !may_administer_system()) {
    return {ExitCode::permission,
            what + "no permission for PCI devices: run as root, or give access to /dev/vfio"};
  }
  if (!is_pci && needs_network_privilege(name) && !may_administer_network()) {
    return {ExitCode::permission, what + "CAP_NET_ADMIN and CAP_NET_RAW are missing"};
  }
  return {ExitCode::unavailable,
          what + "no such port, there are: " + port_names() +
              (is_pci ? "; bind it to vfio-pci (scripts/bind-ports)"
                      : "; give --vdev=" + name + " as an EAL option, or see why it failed above")};
}

}  // namespace

dataplane::PortId find_port(const std::string& name) {
  const std::optional<std::string> pci = pci_name(name);
  dataplane::PortId port = 0;
  if (rte_eth_dev_get_port_by_name(pci.value_or(name).c_str(), &port) != 0) {
    throw not_found(name, pci.has_value());
  }
  return port;
}

}  // namespace carp::dpdk
