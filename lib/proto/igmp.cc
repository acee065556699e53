// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/igmp.h"

#include <cassert>

#include "lib/net/checksum.h"
#include "lib/net/igmp.h"
#include "lib/net/ipv4.h"

namespace carp::proto {
namespace {

constexpr Duration kTenth = std::chrono::milliseconds(100);
constexpr Duration kResponseV1 = std::chrono::seconds(10);  // RFC 3376, section 7.2.1
constexpr uint8_t kTos = 0xc0;                              // RFC 3376, section 4: network control
constexpr uint8_t kTtl = 1;

// RFC 3376, section 4.1.1: small numbers are themselves, from 128 on it is a floating point number.
[[nodiscard]] constexpr Duration response_time(uint8_t code) noexcept {
  if (code < 128) return code * kTenth;
  return ((code & 0xf) | 0x10) * kTenth * (1 << ((code >> 4 & 7) + 3));
}

// RFC 3376, section 7.1: the versions differ in length, the first two in the code.
[[nodiscard]] net::Result<Query, NoQuery> read_version(size_t size, uint8_t code) noexcept {
  if (size >= sizeof(net::IgmpQueryV3)) return Query{IgmpVersion::v3, true, response_time(code)};
  if (size != sizeof(net::IgmpMessage)) return NoQuery::malformed;
  if (code == 0) return Query{IgmpVersion::v1, true, kResponseV1};
  return Query{IgmpVersion::v2, true, code * kTenth};
}

// The destination of a datagram around an IGMP message of this length.
[[nodiscard]] net::Frame wrap(net::ConstBytes message, net::Ipv4Address destination,
                              const ReportRoute& route) {
  const net::RouterAlert alert;
  net::Ipv4Header ip;
  ip.version_ihl = 0x40 | (sizeof ip + sizeof alert) / 4;
  ip.tos = kTos;
  ip.total_length = static_cast<uint16_t>(sizeof ip + sizeof alert + message.size());
  ip.fragment = net::kDontFragment;
  ip.ttl = kTtl;
  ip.protocol = net::kProtocolIgmp;
  ip.source = route.source.wire();
  ip.destination = destination.wire();
  net::Frame datagram;
  for (const net::ConstBytes part : {net::bytes_of(ip), net::bytes_of(alert)})
    datagram.insert(datagram.end(), part.begin(), part.end());
  net::view_at<net::Ipv4Header>(net::Bytes(datagram), 0)->checksum =
      net::internet_checksum(datagram);
  datagram.insert(datagram.end(), message.begin(), message.end());
  return net::build_ethernet(net::multicast_mac(destination), route.ethernet_source, route.vlan,
                             net::kEtherTypeIpv4, datagram);
}

[[nodiscard]] constexpr uint8_t record_type(Word word) noexcept {
  switch (word) {
    case Word::joined: return net::kIgmpToExclude;
    case Word::member: return net::kIgmpIsExclude;
    case Word::left: return net::kIgmpToInclude;
  }
  return net::kIgmpIsExclude;
}

}  // namespace

net::Result<Query, NoQuery> parse_query(net::ConstBytes frame) noexcept {
  const net::ConstBytes datagram = net::datagram_of(frame);
  const auto message = net::payload_of(datagram);
  if (!message) return NoQuery::malformed;
  const auto* igmp = net::view_at<net::IgmpMessage>(*message, 0);
  if (igmp == nullptr) return NoQuery::malformed;
  if (net::internet_checksum(*message) != net::Be16(0)) return NoQuery::malformed;
  if (igmp->type != net::kIgmpQuery) return NoQuery::not_our_group;
  const net::Ipv4Address group{igmp->group.get()};
  if (!group.is_unspecified() && group != net::kCarpGroup) return NoQuery::not_our_group;
  auto query = read_version(message->size(), igmp->code);
  if (!query) return query;
  query.value().is_general = group.is_unspecified();
  // RFC 3376, section 9.1: a general query to another group is forged.
  const auto* ip = net::view_at<net::Ipv4Header>(datagram, 0);
  const net::Ipv4Address destination{ip->destination.get()};
  if (query.value().is_general && destination.is_multicast() && destination != net::kAllSystems)
    return NoQuery::not_our_group;
  return query;
}

net::Frame build_report(Word word, IgmpVersion version, const ReportRoute& route) {
  if (version == IgmpVersion::v3) {
    net::IgmpReport report;
    report.record_type = record_type(word);
    report.group = net::kCarpGroup.wire();
    report.checksum = net::internet_checksum(net::bytes_of(report));
    return wrap(net::bytes_of(report), net::kIgmpReportGroup, route);
  }
  net::IgmpMessage message;
  const bool leaves = word == Word::left;
  assert(version != IgmpVersion::v1 || !leaves);
  message.type = version == IgmpVersion::v1 ? net::kIgmpReportV1
                 : leaves                   ? net::kIgmpLeaveV2
                                            : net::kIgmpReportV2;
  message.group = net::kCarpGroup.wire();
  message.checksum = net::internet_checksum(net::bytes_of(message));
  return wrap(net::bytes_of(message), leaves ? net::kAllRouters : net::kCarpGroup, route);
}

}  // namespace carp::proto
