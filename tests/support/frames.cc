// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/frames.h"

#include <algorithm>
#include <stdexcept>

#include "lib/net/checksum.h"
#include "lib/net/igmp.h"

namespace carp::support {
namespace {

void append(net::Frame& frame, net::ConstBytes bytes) {
  frame.insert(frame.end(), bytes.begin(), bytes.end());
}

// Writes the checksum of `bytes` at `offset`, where there are zeros.
void seal(net::Bytes bytes, size_t offset) {
  *net::view_at<net::Be16>(bytes, offset) = net::internet_checksum(bytes);
}

}  // namespace

net::MacAddress mac(std::string_view text) {
  const auto parsed = net::parse_mac(text);
  if (!parsed) throw std::invalid_argument("no MAC address: " + std::string(text));
  return *parsed;
}

net::Ipv4Address ip(std::string_view text) {
  const auto parsed = net::parse_ipv4(text);
  if (!parsed) throw std::invalid_argument("no IPv4 address: " + std::string(text));
  return *parsed;
}

net::Frame arp_frame(const ArpSpec& spec) {
  net::ArpPacket arp;
  arp.operation = net::Be16(spec.operation);
  arp.sender_mac = spec.sender_mac;
  arp.sender_ip = spec.sender_ip.wire();
  arp.target_mac = spec.target_mac;
  arp.target_ip = spec.target_ip.wire();
  return net::build_ethernet(spec.destination, spec.source.value_or(spec.sender_mac), spec.vlan,
                             net::kEtherTypeArp, net::bytes_of(arp));
}

net::Frame ipv4_frame(const Ipv4Spec& spec, net::ConstBytes payload) {
  const size_t header_length = sizeof(net::Ipv4Header) + spec.options.size();
  net::Ipv4Header header;
  header.version_ihl = static_cast<uint8_t>(0x40 | header_length / 4);
  header.tos = spec.tos;
  header.total_length = net::Be16(static_cast<uint16_t>(header_length + payload.size()));
  header.identification = net::Be16(spec.identification);
  header.fragment = net::Be16(spec.fragment);
  header.ttl = spec.ttl;
  header.protocol = spec.protocol;
  header.source = spec.source.wire();
  header.destination = spec.destination.wire();
  net::Frame datagram;
  append(datagram, net::bytes_of(header));
  append(datagram, spec.options);
  seal(datagram, offsetof(net::Ipv4Header, checksum));
  append(datagram, payload);
  return net::build_ethernet(spec.destination_mac, spec.source_mac, spec.vlan, net::kEtherTypeIpv4,
                             datagram);
}

net::Frame icmp_message(uint8_t type, uint8_t code, net::ConstBytes data) {
  net::IcmpEcho echo;
  echo.type = type;
  echo.code = code;
  echo.identifier = net::Be16(0x4242);
  echo.sequence = net::Be16(7);
  net::Frame message;
  append(message, net::bytes_of(echo));
  append(message, data);
  seal(message, offsetof(net::IcmpEcho, checksum));
  return message;
}

net::Frame carp_message(uint8_t vhid, uint64_t counter) {
  net::Frame message(36);
  message[0] = 0x21;
  message[1] = vhid;
  message[3] = 7;
  message[5] = 1;
  *net::view_at<net::Be64>(net::Bytes(message), 8) = net::Be64(counter);
  *net::view_at<net::Be16>(net::Bytes(message), 6) = net::internet_checksum(message);
  return message;
}

net::Frame igmp_message(uint8_t type, uint8_t code, net::Ipv4Address group, size_t size) {
  net::IgmpMessage start;
  start.type = type;
  start.code = code;
  start.group = group.wire();
  net::Frame message;
  append(message, net::bytes_of(start));
  message.resize(size);
  seal(message, offsetof(net::IgmpMessage, checksum));
  return message;
}

net::Frame query_frame(const QuerySpec& spec) {
  const auto to = spec.group.is_unspecified() ? net::kAllSystems : spec.group;
  return ipv4_frame({.destination_mac = net::multicast_mac(to),
                     .source_mac = mac("02:00:00:00:00:fe"),
                     .vlan = spec.vlan,
                     .source = ip("192.168.1.254"),
                     .destination = to,
                     .protocol = net::kProtocolIgmp,
                     .ttl = 1,
                     .tos = 0xc0,
                     .options = {0x94, 4, 0, 0}},
                    igmp_message(net::kIgmpQuery, spec.code, spec.group, spec.size));
}

net::Frame padded(net::Frame frame, size_t size) {
  frame.resize(std::max(frame.size(), size));
  return frame;
}

}  // namespace carp::support
