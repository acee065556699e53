// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/wire.h"

#include <cstddef>

#include "lib/net/checksum.h"
#include "lib/net/ipv4.h"

namespace carp::proto {
namespace {

constexpr uint8_t kTtl = 255;           // C6, C94
constexpr uint8_t kTosLowDelay = 0x10;  // C6
constexpr uint8_t kAuthLength = 7;      // C14
constexpr size_t kChecksumOffset = 6;   // C10
static_assert(offsetof(CarpHeader, checksum) == kChecksumOffset);

// More bytes than these are fine (C95).
[[nodiscard]] const CarpHeader* carp_header_of(net::ConstBytes datagram) noexcept {
  const auto payload = net::payload_of(datagram);
  return payload ? net::view_at<CarpHeader>(*payload, 0) : nullptr;
}

[[nodiscard]] Advert advert_of(const CarpHeader& carp, net::Ipv4Address source) noexcept {
  Advert advert;
  advert.source = source;
  advert.version = carp.version_type >> 4;
  advert.type = carp.version_type & 15;
  advert.vhid = carp.vhid;
  advert.authlen = carp.authlen;
  advert.demotion = carp.demotion;
  advert.pace = {carp.advbase, carp.advskew};
  advert.counter = carp.counter.get();
  advert.digest = carp.digest;
  return advert;
}

[[nodiscard]] CarpHeader carp_header_for(const Advert& advert) noexcept {
  CarpHeader carp;
  carp.version_type = static_cast<uint8_t>(advert.version << 4 | (advert.type & 15));
  carp.vhid = advert.vhid;
  carp.advskew = advert.pace.advskew;
  carp.authlen = advert.authlen;
  carp.demotion = advert.demotion;
  carp.advbase = advert.pace.advbase;
  carp.counter = advert.counter;
  carp.digest = advert.digest;
  carp.checksum = net::internet_checksum(net::bytes_of(carp));  // C17: last
  return carp;
}

[[nodiscard]] net::Ipv4Header ip_header_for(const AdvertRoute& route) noexcept {
  net::Ipv4Header ip;
  ip.tos = kTosLowDelay;
  ip.total_length = sizeof(net::Ipv4Header) + sizeof(CarpHeader);
  ip.identification = route.ip_identification;
  ip.fragment = net::kDontFragment;
  ip.ttl = kTtl;
  ip.protocol = net::kProtocolCarp;
  ip.source = route.source.wire();
  ip.destination = net::kCarpGroup.wire();
  ip.checksum = net::internet_checksum(net::bytes_of(ip));
  return ip;
}

}  // namespace

net::Result<Advert, Refusal> parse_advert(net::ConstBytes frame) {
  const net::ConstBytes datagram = net::datagram_of(frame);
  const auto* ip = net::view_at<net::Ipv4Header>(datagram, 0);
  if (ip == nullptr) return Refusal::bad_length;
  if (ip->ttl != kTtl) return Refusal::bad_ttl;
  const CarpHeader* carp = carp_header_of(datagram);
  if (carp == nullptr) return Refusal::bad_length;
  // Exactly these 36 bytes, whatever follows them (C24).
  if (net::internet_checksum(net::bytes_of(*carp)) != net::Be16(0)) return Refusal::bad_sum;
  // D15. After the checksum: a length field that was damaged on the way is a bad checksum.
  if (carp->authlen != kAuthLength) return Refusal::bad_length;
  return advert_of(*carp, net::Ipv4Address{ip->source.get()});
}

net::Ipv4Address source_of(net::ConstBytes frame) {
  const auto* ip = net::view_at<net::Ipv4Header>(net::datagram_of(frame), 0);
  return ip == nullptr ? net::Ipv4Address{} : net::Ipv4Address{ip->source.get()};
}

std::optional<uint8_t> claimed_vhid(net::ConstBytes frame) {
  const CarpHeader* carp = carp_header_of(net::datagram_of(frame));
  if (carp == nullptr) return std::nullopt;
  return carp->vhid;
}

Pace claimed_pace(net::ConstBytes frame) {
  const CarpHeader* carp = carp_header_of(net::datagram_of(frame));
  if (carp == nullptr) return {0, 0};
  return {carp->advbase, carp->advskew};
}

net::Frame build_advert(const Advert& advert, const AdvertRoute& route) {
  net::Frame datagram;
  const net::Ipv4Header ip = ip_header_for(route);
  const CarpHeader carp = carp_header_for(advert);
  for (const net::ConstBytes part : {net::bytes_of(ip), net::bytes_of(carp)}) {
    datagram.insert(datagram.end(), part.begin(), part.end());
  }
  return net::build_ethernet(net::kCarpGroupMac, route.ethernet_source, route.vlan,
                             net::kEtherTypeIpv4, datagram);
}

}  // namespace carp::proto
