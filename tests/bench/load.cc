// SPDX-License-Identifier: BSD-3-Clause
#include "tests/bench/load.h"

#include "lib/net/arp.h"

namespace carp::bench {
namespace {

constexpr uint16_t kFirstVlan = 100;
constexpr uint32_t kFirstAddress = 0x0a000001;  // 10.0.0.1
constexpr uint32_t kFirstClient = 0x0a800001;   // 10.128.0.1
constexpr size_t kShortestFrame = 60;
constexpr net::MacAddress kPortMac{{0x02, 0, 0, 0, 0, 0x01}};

[[nodiscard]] std::vector<dataplane::Interface> interfaces_of(const LoadSpec& spec) {
  std::vector<dataplane::Interface> interfaces;
  for (unsigned i = 0; i < spec.interfaces; ++i) {
    const auto vlan = static_cast<uint16_t>(spec.interfaces == 1 ? net::kUntagged : kFirstVlan + i);
    interfaces.push_back({.port = 0, .vlan = vlan, .mac = kPortMac});
  }
  return interfaces;
}

}  // namespace

Load::Load(const LoadSpec& spec) : spec_(spec), table_(1, leases_, interfaces_of(spec)) {
  for (unsigned i = 0; i < spec.addresses; ++i) add_address(i);
  for (unsigned i = 0; i < spec.requests; ++i) requests_.push_back(make_request(i));
}

// Vhosts are dealt to the interfaces in turn, addresses to the vhosts.
void Load::add_address(unsigned number) {
  const unsigned vhost = number % spec_.vhosts;
  const auto vhid = static_cast<uint8_t>(vhost + 1);
  const dataplane::Slot slot{.mac = net::virtual_mac(vhid),
                             .source = net::virtual_mac(vhid),
                             .lease = static_cast<uint16_t>(vhost + 1),
                             .vhid = vhid,
                             .master = true};
  leases_.set(slot.lease, kNow + 1);
  const Target asked = target(number);
  table_.add(asked.interface, asked.address, true, {&slot, 1});
}

Load::Target Load::target(unsigned request) const noexcept {
  const unsigned number = request % spec_.addresses;
  const unsigned vhost = number % spec_.vhosts;
  return {static_cast<dataplane::InterfaceIndex>(vhost % spec_.interfaces),
          net::Ipv4Address{kFirstAddress + number}};
}

net::Frame Load::make_request(unsigned number) const {
  const Target asked = target(number);
  net::ArpPacket arp;
  arp.operation = net::kArpRequest;
  arp.sender_mac = {
      {0x02, 0, 0, 1, static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)}};
  arp.sender_ip = net::Ipv4Address{kFirstClient + number}.wire();
  arp.target_ip = asked.address.wire();
  net::Frame frame = net::build_ethernet(net::kBroadcastMac, arp.sender_mac,
                                         table_.interfaces()[asked.interface].vlan,
                                         net::kEtherTypeArp, net::bytes_of(arp));
  frame.resize(kShortestFrame);
  return frame;
}

}  // namespace carp::bench
