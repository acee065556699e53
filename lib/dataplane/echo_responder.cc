// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/echo_responder.h"

#include <optional>
#include <utility>

#include "lib/dataplane/destination.h"
#include "lib/net/checksum.h"

namespace carp::dataplane {
namespace {

constexpr net::Ipv4Address kBroadcastAddress{0xffffffff};
constexpr uint8_t kReplyTtl = 64;

// An own address in every state; a shared one while held, so also by the port's MAC (a host holds
// an address, not a pair of address and MAC), but never an address whose vhost is BACKUP here.
[[nodiscard]] std::optional<Reason> refuse_address(const net::Ipv4Header& ip,
                                                   const net::MacAddress& destination,
                                                   InterfaceIndex interface,
                                                   const ForwardTable& table, Ticks now) noexcept {
  const AddressGroup* group = table.find(interface, net::Ipv4Address{ip.destination.get()});
  if (group == nullptr) return Reason::ip_other_target;
  const net::Ipv4Address client{ip.source.get()};
  const Mastership mastership =
      mastership_of(addressed_slot(*group, table, destination, client), table, now);
  if (!mastership.held) return mastership.silence;
  return std::nullopt;
}

[[nodiscard]] std::optional<Reason> refuse_message(const Datagram& datagram) noexcept {
  if (datagram.header->protocol != net::kProtocolIcmp) return Reason::ip_no_service;
  const auto* echo = net::view_at<net::IcmpEcho>(datagram.payload, 0);
  if (echo == nullptr) return Reason::icmp_malformed;
  if (echo->type != net::kIcmpEchoRequest || echo->code != 0) return Reason::ip_no_service;
  if (net::internet_checksum(datagram.payload) != 0) return Reason::icmp_malformed;
  return std::nullopt;
}

// An answer to any of these would reach many hosts, nobody, or ourselves again and again.
[[nodiscard]] bool is_answerable(const net::EthernetHeader& ethernet,
                                 const net::Ipv4Header& ip) noexcept {
  const net::Ipv4Address source{ip.source.get()};
  const bool loopback = source.value >> 24 == 127;
  const bool group_or_reserved = source.value >> 28 >= 0xe;
  return !source.is_unspecified() && !loopback && !group_or_reserved &&
         ip.source != ip.destination && !ethernet.source.is_group();
}

// The answer leaves from the MAC that was asked. Swapping the addresses does not change the header
// checksum; of what else changes only one word of each checksum is touched.
void write_reply(net::EthernetHeader& ethernet, net::Ipv4Header& ip, net::Bytes message) noexcept {
  std::swap(ethernet.destination, ethernet.source);
  std::swap(ip.source, ip.destination);

  const auto ttl_word = [](uint8_t ttl, uint8_t protocol) {
    return net::Be16(static_cast<uint16_t>(ttl << 8 | protocol));
  };
  ip.checksum = net::update_checksum(ip.checksum, ttl_word(ip.ttl, ip.protocol),
                                     ttl_word(kReplyTtl, ip.protocol));
  ip.ttl = kReplyTtl;

  auto& echo = *net::view_at<net::IcmpEcho>(message, 0);
  echo.checksum = net::update_checksum(echo.checksum, net::Be16(net::kIcmpEchoRequest << 8),
                                       net::Be16(net::kIcmpEchoReply << 8));
  echo.type = net::kIcmpEchoReply;
  // Of a message of zero bytes it is 0xffff; an update cannot tell, since the request's was not.
  if (echo.checksum == net::Be16(0)) echo.checksum = net::internet_checksum(message);
}

}  // namespace

Reason answer_echo(const Link& link, const Datagram& datagram, const Interface& interface,
                   const ForwardTable& table, Ticks now) noexcept {
  net::EthernetHeader& ethernet = *link.ethernet;
  net::Ipv4Header& ip = *datagram.header;
  const net::Ipv4Address destination{ip.destination.get()};
  if (ethernet.destination.is_group()) return Reason::ip_group;
  if (destination.is_multicast() || destination == kBroadcastAddress) return Reason::ip_group;
  if (const auto reason = refuse_frame(ethernet.destination, interface, table, now)) return *reason;
  if (ip.is_fragment()) return Reason::ip_fragment;
  if (datagram.has_options) return Reason::ip_options;
  if (const auto reason = refuse_address(ip, ethernet.destination, interface.index, table, now)) {
    return *reason;
  }
  if (const auto reason = refuse_message(datagram)) return *reason;
  if (!is_answerable(ethernet, ip)) return Reason::ip_bad_source;

  write_reply(ethernet, ip, datagram.payload);
  return Reason::echo_answered;
}

}  // namespace carp::dataplane
