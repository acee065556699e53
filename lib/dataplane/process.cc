// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/process.h"

#include <optional>

#include "lib/dataplane/destination.h"
#include "lib/dataplane/echo_responder.h"
#include "lib/dataplane/host_ingress.h"
#include "lib/proto/igmp.h"
#include "lib/proto/replay.h"
#include "lib/proto/wire.h"

namespace carp::dataplane {
namespace {

// How urgently control shall see a CARP datagram. To accept, refuse and count it is control's; here
// is told apart, as far as that can be known without a digest, what the group would say next from
// what it would not and from what nobody would: each has its own way to control, so that no flood
// of one displaces another.
[[nodiscard]] Reason sort_advert(net::ConstBytes frame, const Interface& interface,
                                 const ForwardTable& table) noexcept {
  const auto advert = proto::parse_advert(frame);
  if (!advert) return Reason::advert_invalid;  // VRRP, too, has this protocol number (C5)
  const Slot* vhost = table.find_vhost(interface.index, advert.value().vhid);
  if (vhost == nullptr) return Reason::advert_invalid;
  const uint64_t latest = table.leases().counter(vhost->lease);
  return proto::continues(latest, advert.value().counter) ? Reason::advert
                                                          : Reason::advert_unexpected;
}

// Whether a datagram between routers and hosts of this wire is for us. The group MAC, a broadcast
// (C133) and the port's own MAC (unicast peers, C141) are all that senders use. The IP destination
// is nobody's business (C101), options are allowed (C95).
[[nodiscard]] std::optional<Reason> refuse_for_control(const Link& link, const Datagram& datagram,
                                                       const Interface& interface) noexcept {
  if (datagram.header->is_fragment()) return Reason::ip_fragment;
  const net::MacAddress& destination = link.ethernet->destination;
  if (!destination.is_group() && destination != interface.mac) return Reason::other_host;
  return std::nullopt;
}

[[nodiscard]] Reason judge_advert(net::ConstBytes frame, const Link& link, const Datagram& datagram,
                                  const Interface& interface, const ForwardTable& table) noexcept {
  const auto refused = refuse_for_control(link, datagram, interface);
  return refused ? *refused : sort_advert(frame, interface, table);
}

// I6.5. Queries reach all hosts of a wire, or a group; what other members say concerns nobody here.
[[nodiscard]] Reason judge_igmp(net::ConstBytes frame, const Link& link, const Datagram& datagram,
                                const Interface& interface) noexcept {
  if (const auto refused = refuse_for_control(link, datagram, interface)) return *refused;
  const auto query = proto::parse_query(frame);
  if (query) return Reason::igmp_query;
  return query.error() == proto::NoQuery::malformed ? Reason::igmp_malformed : Reason::igmp_other;
}

[[nodiscard]] Reason process_ipv4(net::Bytes frame, const Link& link, const Interface& interface,
                                  const ForwardTable& table, Ticks now) noexcept {
  const auto datagram = read_datagram(frame, link.payload);
  if (!datagram) return datagram.error();
  if (datagram.value().header->protocol == net::kProtocolCarp) {
    return judge_advert(frame, link, datagram.value(), interface, table);
  }
  if (datagram.value().header->protocol == net::kProtocolIgmp) {
    return judge_igmp(frame, link, datagram.value(), interface);
  }
  return answer_echo(link, datagram.value(), interface, table, now);
}

}  // namespace

Reason process_other(net::Bytes frame, const Interface& interface, const ForwardTable& table,
                     Ticks now) noexcept {
  const Link link = read_link(frame);
  if (interface.host != kNoHost && !is_carp(frame, link)) {
    return judge_for_host(frame, link, interface, table, now);
  }
  switch (link.ether_type) {
    case net::kEtherTypeIpv4: return process_ipv4(frame, link, interface, table, now);
    case net::kEtherTypeIpv6: return Reason::ipv6;
    default: return Reason::ether_type;
  }
}

}  // namespace carp::dataplane
