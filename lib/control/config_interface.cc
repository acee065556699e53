// SPDX-License-Identifier: BSD-3-Clause
//
// The keys of [interface NAME] (I2.2).
#include <algorithm>
#include <cctype>

#include "lib/control/config_sections.h"
#include "lib/control/config_values.h"

namespace carp::control {
namespace {

constexpr size_t kKernelNameMax = 15;  // IFNAMSIZ without its NUL
constexpr size_t kPortNameMax = 63;    // RTE_ETH_NAME_MAX_LEN without its NUL
constexpr uint32_t kLinkHoldMaxS = 3600;

[[nodiscard]] bool consists_of(std::string_view text, std::string_view more) {
  return std::ranges::all_of(text, [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || more.find(c) != more.npos;
  });
}

[[nodiscard]] bool is_kernel_name(std::string_view name) {
  return name.size() <= kKernelNameMax && consists_of(name, "_.-") && name != "." && name != "..";
}

// 01:00.0, as lspci(8) writes it; the EAL's name for the port has the domain in front.
[[nodiscard]] bool is_short_pci_address(std::string_view text) {
  constexpr std::string_view kForm = "hh:hh.h";
  return std::ranges::equal(text, kForm, [](char c, char form) {
    return form == 'h' ? std::isxdigit(static_cast<unsigned char>(c)) != 0 : c == form;
  });
}

[[nodiscard]] std::string take_port(const Entry& entry, std::string& port) {
  if (entry.value.size() > kPortNameMax || !consists_of(entry.value, "_.:-")) {
    return shown(entry.value) + " is neither a PCI address nor the name of a --vdev";
  }
  port = is_short_pci_address(entry.value) ? "0000:" + entry.value : entry.value;
  return {};
}

[[nodiscard]] std::string take_host_name(const Entry& entry, std::string& host_name) {
  if (!is_kernel_name(entry.value)) return shown(entry.value) + " is no name for an interface";
  host_name = entry.value;
  return {};
}

// What stands between the brackets becomes a kernel interface, an rc.conf variable and a label.
void check_name(const Section& section, Findings& findings) {
  if (!is_kernel_name(section.name) || is_vhost_name(section.name)) {
    findings.fault(section.line, section.title() +
                                     ": the name has at most 15 letters, digits, '_', '.' or "
                                     "'-' and is not carpN");
  }
}

}  // namespace

void read_interface(const Section& section, Draft& draft, Findings& findings) {
  draft.interfaces.push_back({});
  InterfaceDraft& interface = draft.interfaces.back();
  InterfaceConfig& config = interface.config;
  // Faults of other lines name it too, whatever stands between the brackets.
  config.name = shown(section.name);
  config.host_name = config.name;
  interface.line = section.line;
  check_name(section, findings);

  Keys keys;
  keys.once("port", [&](const Entry& entry) { return take_port(entry, config.port); });
  const Take add_address = address_list(config.addresses, interface.address_lines);
  keys.many("address", [&](const Entry& entry) {
    std::string fault = add_address(entry);
    if (!fault.empty()) draft.own_addresses_known = false;
    return fault;
  });
  keys.once("vlan", whole(config.vlan, 1, 4094));
  keys.once("host", choice(config.host, {{"none", HostMode::none},
                                         {"tap", HostMode::tap},
                                         {"virtio_user", HostMode::virtio_user}}));
  keys.once("host_name",
            [&](const Entry& entry) { return take_host_name(entry, config.host_name); });
  keys.once("mtu", whole(config.mtu, 68, 9600));
  keys.once("rx_descriptors", whole(config.rx_descriptors, 16, 32768));
  keys.once("tx_descriptors", whole(config.tx_descriptors, 16, 32768));
  keys.once("link_hold", whole(config.link_hold, 0, kLinkHoldMaxS));
  keys.once("mac_filter", choice(config.mac_filter, {{"auto", MacFilter::automatic},
                                                     {"on", MacFilter::on},
                                                     {"off", MacFilter::off}}));
  interface.keys = keys.read(section, findings);

  if (!interface.keys.has("port")) {
    findings.fault(section.line, section.title() + " lacks port");
  }
}

}  // namespace carp::control
