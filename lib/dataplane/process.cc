// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/process.h"

#include "lib/dataplane/echo_responder.h"

namespace carp::dataplane {
namespace {

// Whether control shall see a CARP datagram. Everything in it, its length included, is control's
// to judge and count; VRRP has the same protocol number and goes the same way (C5). The group MAC,
// a broadcast (C133) and the port's own MAC (unicast peers, C141) are all that senders use. The IP
// destination is nobody's business (C101), options are allowed (C95).
[[nodiscard]] Reason judge_advert(const Link& link, const Datagram& datagram,
                                  const Interface& interface) noexcept {
  if (datagram.header->is_fragment()) return Reason::ip_fragment;
  const net::MacAddress& destination = link.ethernet->destination;
  if (!destination.is_group() && destination != interface.mac) return Reason::other_host;
  return Reason::advert;
}

[[nodiscard]] Reason process_ipv4(net::Bytes frame, const Link& link, const Interface& interface,
                                  const ForwardTable& table, Ticks now) noexcept {
  const auto datagram = read_datagram(frame, link.payload);
  if (!datagram) return datagram.error();
  if (datagram.value().header->protocol == net::kProtocolCarp) {
    return judge_advert(link, datagram.value(), interface);
  }
  return answer_echo(link, datagram.value(), interface, table, now);
}

}  // namespace

Reason process_other(net::Bytes frame, const Interface& interface, const ForwardTable& table,
                     Ticks now) noexcept {
  const Link link = read_link(frame);
  switch (link.ether_type) {
    case net::kEtherTypeIpv4: return process_ipv4(frame, link, interface, table, now);
    case net::kEtherTypeIpv6: return Reason::ipv6;
    default: return Reason::ether_type;
  }
}

}  // namespace carp::dataplane
