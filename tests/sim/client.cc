// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/client.h"

#include <algorithm>

#include "lib/net/arp.h"
#include "lib/net/ethernet.h"

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
  for (const GroupPlan& group : world.scenario().groups)
    for (const uint8_t octet_of_group : group.addresses)
      if (group.lan == lan) addresses_.push_back(address_on(lan, octet_of_group).address);
  std::sort(addresses_.begin(), addresses_.end());
  addresses_.erase(std::unique(addresses_.begin(), addresses_.end()), addresses_.end());
}

// An answer that takes longer than the wire ever does belongs to no question.
void Client::ask() {
  if (addresses_.empty()) return;
  const net::Ipv4Address address = addresses_[random_.below(addresses_.size())];
  asked_ = {id_, lan_, own_, address, world_.now(), {}, {}};
  const net::ArpPacket request{.operation = net::kArpRequest,
                               .sender_mac = mac_,
                               .sender_ip = own_.wire(),
                               .target_ip = address.wire()};
  world_.wire(lan_).send(std::make_shared<Parcel>(
      Parcel{net::build_ethernet(net::kBroadcastMac, mac_, net::kUntagged, net::kEtherTypeArp,
                                 net::bytes_of(request)),
             id_}));
  world_.schedule().after(world_.wire(lan_).delay_max() * 2 + kAtWork,
                          [this] { world_.tell(&Invariant::on_asked, asked_); });
  world_.schedule().after(random_.between(milliseconds(20), milliseconds(400)), [this] { ask(); });
}

void Client::receive(const Packet& packet) {
  const auto* ethernet = net::view_at<net::EthernetHeader>(packet->bytes, 0);
  const auto* arp = net::view_at<net::ArpPacket>(packet->bytes, sizeof(net::EthernetHeader));
  if (ethernet->ether_type.get() != net::kEtherTypeArp || ethernet->destination != mac_) return;
  if (arp == nullptr || arp->operation.get() != net::kArpReply) return;
  if (arp->sender_ip.get() != asked_.address.value) return;
  // The wire may double a frame; what counts is who answers.
  const auto& known = asked_.answerers;
  if (std::find(known.begin(), known.end(), packet->sender) != known.end()) return;
  asked_.answers.push_back(arp->sender_mac);
  asked_.answerers.push_back(packet->sender);
}

}  // namespace carp::sim
