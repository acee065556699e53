// SPDX-License-Identifier: BSD-3-Clause
//
// Frames for tests, on top of lib/net/build: a row names the fields it is about and leaves the
// others as they are in a well-formed frame.
//
//   support::arp_frame({.sender_mac = kClient, .sender_ip = ip("10.0.0.9"),
//                       .target_ip = ip("10.0.0.1")})
#pragma once

#include <optional>

#include "lib/net/arp.h"
#include "lib/net/build.h"
#include "lib/net/ipv4.h"

namespace carp::support {

// Literals. Throw on text that is no address.
[[nodiscard]] net::MacAddress mac(std::string_view text);
[[nodiscard]] net::Ipv4Address ip(std::string_view text);

struct ArpSpec {
  net::MacAddress destination = net::kBroadcastMac;
  std::optional<net::MacAddress> source = std::nullopt;  // sender_mac where absent
  uint16_t vlan = net::kUntagged;
  uint16_t operation = net::kArpRequest;
  net::MacAddress sender_mac = {};
  net::Ipv4Address sender_ip = {};
  net::MacAddress target_mac = {};
  net::Ipv4Address target_ip = {};
};
// An ARP packet without padding.
[[nodiscard]] net::Frame arp_frame(const ArpSpec& spec);

struct Ipv4Spec {
  net::MacAddress destination_mac = {};
  net::MacAddress source_mac = {};
  uint16_t vlan = net::kUntagged;
  net::Ipv4Address source = {};
  net::Ipv4Address destination = {};
  uint8_t protocol = net::kProtocolIcmp;
  uint8_t ttl = 255;
  uint8_t tos = 0;
  uint16_t identification = 0x1234;
  uint16_t fragment = net::kDontFragment;
  net::Frame options = {};  // a multiple of 4 bytes, at most 40
};
// An IPv4 datagram with right lengths and checksum.
[[nodiscard]] net::Frame ipv4_frame(const Ipv4Spec& spec, net::ConstBytes payload);

// An ICMP message with the right checksum over `data`, for ipv4_frame.
[[nodiscard]] net::Frame icmp_message(uint8_t type, uint8_t code, net::ConstBytes data = {});

// A CARP header of version 2, type 1 and the right length with its checksum, for ipv4_frame with
// net::kProtocolCarp. Its digest is zeros: right for nobody.
[[nodiscard]] net::Frame carp_message(uint8_t vhid, uint64_t counter);

// An IGMP query of a router, with the right checksum, in a frame to all hosts or to the group that
// it asks. Twelve bytes (version 3) unless `size` says 8 (the older two, told apart by the code).
struct QuerySpec {
  net::Ipv4Address group = {};  // unspecified: a general query
  uint8_t code = 100;           // tenths of a second
  size_t size = 12;
  uint16_t vlan = net::kUntagged;
};
[[nodiscard]] net::Frame query_frame(const QuerySpec& spec);
[[nodiscard]] net::Frame igmp_message(uint8_t type, uint8_t code, net::Ipv4Address group,
                                      size_t size = 8);

// The frame with zeros behind it up to `size` bytes, as short frames arrive on a wire (60).
[[nodiscard]] net::Frame padded(net::Frame frame, size_t size = 60);

}  // namespace carp::support
