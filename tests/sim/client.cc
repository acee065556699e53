// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/client.h"

#include <algorithm>

#include "lib/net/arp.h"
#include "lib/net/ethernet.h"
#include "lib/net/ipv4.h"
#include "tests/support/frames.h"

namespace carp::sim {
namespace {

using std::chrono::milliseconds;

constexpr Duration kAtWork = milliseconds(2);  // a worker's share of an answer's time

}  // namespace

Client::Client(World& world, StationId id, size_t lan, uint8_t octet)
    : world_(world),
      id_(id),
      lan_(lan),
      own_(address_on(lan, octet).address),
      mac_{{0x02, 0xc1, 0, 0, static_cast<uint8_t>(lan), octet}},
      random_(world.scenario().seed * 57 + id) {
  const std::vector<GroupPlan>& groups = world.scenario().groups;
  const bool rekeys = std::ranges::any_of(
      world.scenario().faults, [](const Fault& fault) { return fault.kind == FaultKind::rekey; });
  for (size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].lan != lan) continue;
    for (const uint8_t shared : groups[i].addresses)
      addresses_.push_back(address_on(lan, shared).address);
    if (rekeys) addresses_.push_back(address_on(lan, kAddedOctets + i).address);
  }
  std::sort(addresses_.begin(), addresses_.end());
  addresses_.erase(std::unique(addresses_.begin(), addresses_.end()), addresses_.end());
}

net::Frame Client::arp_request(net::Ipv4Address address) const {
  return support::arp_frame({.sender_mac = mac_, .sender_ip = own_, .target_ip = address});
}

net::Frame Client::echo_request(net::Ipv4Address address, const net::MacAddress& to) const {
  return support::ipv4_frame({.destination_mac = to,
                              .source_mac = mac_,
                              .source = own_,
                              .destination = address,
                              .ttl = 64},
                             support::icmp_message(net::kIcmpEchoRequest, 0));
}

// An answer that takes longer than the wire ever does belongs to no question.
void Client::ask() {
  if (addresses_.empty()) return;
  const net::Ipv4Address address = addresses_[random_.below(addresses_.size())];
  asked_ = {std::nullopt, id_, lan_, own_, address, world_.now(), {}, {}};
  const auto cached = cache_.find(address);
  if (cached != cache_.end() && random_.chance(500)) asked_.echo_to = cached->second;
  world_.wire(lan_).send(std::make_shared<Parcel>(
      Parcel{asked_.echo_to ? echo_request(address, *asked_.echo_to) : arp_request(address), id_}));
  world_.schedule().after(world_.wire(lan_).delay_max() * 2 + kAtWork,
                          [this] { world_.tell(&Invariant::on_asked, asked_); });
  const int slower = world_.scenario().is_day ? 1000 : 1;
  world_.schedule().after(random_.between(milliseconds(20), milliseconds(400)) * slower,
                          [this] { ask(); });
}

void Client::receive(const Packet& packet) {
  const auto* ethernet = net::view_at<net::EthernetHeader>(packet->bytes, 0);
  if (ethernet->ether_type.get() == net::kEtherTypeArp) return hear_arp(packet);
  const auto* ip = net::view_at<net::Ipv4Header>(packet->bytes, sizeof(net::EthernetHeader));
  if (ip == nullptr || ip->protocol != net::kProtocolIcmp || ethernet->destination != mac_) return;
  if (asked_.echo_to && ip->source.get() == asked_.address.value) count(packet, ethernet->source);
}

// As Linux does: an answer makes an entry, anybody's gratuitous ARP changes one.
void Client::hear_arp(const Packet& packet) {
  const auto* arp = net::view_at<net::ArpPacket>(packet->bytes, sizeof(net::EthernetHeader));
  if (arp == nullptr) return;
  const net::Ipv4Address sender{arp->sender_ip.get()};
  if (arp->sender_ip == arp->target_ip && cache_.contains(sender)) cache_[sender] = arp->sender_mac;
  if (arp->operation.get() != net::kArpReply || arp->target_mac != mac_) return;
  cache_[sender] = arp->sender_mac;
  if (!asked_.echo_to && sender == asked_.address) count(packet, arp->sender_mac);
}

// The wire may double a frame; what counts is who answers.
void Client::count(const Packet& packet, const net::MacAddress& mac) {
  const auto& known = asked_.answerers;
  if (std::find(known.begin(), known.end(), packet->sender) != known.end()) return;
  asked_.answers.push_back(mac);
  asked_.answerers.push_back(packet->sender);
}

}  // namespace carp::sim
