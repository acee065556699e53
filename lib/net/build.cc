// SPDX-License-Identifier: BSD-3-Clause
#include "lib/net/build.h"

#include "lib/net/arp.h"

namespace carp::net {
namespace {

void append(Frame& frame, ConstBytes bytes) {
  frame.insert(frame.end(), bytes.begin(), bytes.end());
}

}  // namespace

Frame build_ethernet(const MacAddress& destination, const MacAddress& source, uint16_t vlan,
                     uint16_t ether_type, ConstBytes payload) {
  Frame frame;
  const bool tagged = vlan != kUntagged;
  const EthernetHeader header{destination, source, Be16(tagged ? kEtherTypeVlan : ether_type)};
  append(frame, bytes_of(header));
  if (tagged) append(frame, bytes_of(VlanTag{Be16(vlan), Be16(ether_type)}));
  append(frame, payload);
  return frame;
}

Frame build_gratuitous_arp(const MacAddress& sender_mac, const MacAddress& ethernet_source,
                           uint16_t vlan, Ipv4Address address) {
  ArpPacket arp;
  arp.operation = Be16(kArpRequest);
  arp.sender_mac = sender_mac;
  arp.sender_ip = address.wire();
  arp.target_ip = address.wire();
  return build_ethernet(kBroadcastMac, ethernet_source, vlan, kEtherTypeArp, bytes_of(arp));
}

}  // namespace carp::net
