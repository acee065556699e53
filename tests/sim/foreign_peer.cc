// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/foreign_peer.h"

#include <algorithm>

#include "lib/net/arp.h"
#include "lib/net/ethernet.h"
#include "lib/net/ipv4.h"
#include "lib/proto/key.h"

namespace carp::sim {
namespace {

using proto::Advert;
using std::chrono::seconds;

[[nodiscard]] std::vector<net::Ipv4Prefix> shared_addresses(const GroupPlan& group) {
  std::vector<net::Ipv4Prefix> addresses;
  for (const uint8_t octet : group.addresses) addresses.push_back(address_on(group.lan, octet));
  return addresses;
}

// C71 to C73: both in microseconds by C62.
[[nodiscard]] Duration time_of(int64_t base, int64_t skew) {
  return Duration(base * 1'000'000 + skew * 1'000'000 / 256);
}

}  // namespace

ForeignPeer::ForeignPeer(World& world, StationId id, const PeerPlan& plan)
    : world_(world),
      id_(id),
      plan_(plan),
      group_(world.scenario().groups[plan.group]),
      authenticator_(proto::key_from_pass("testpass"), group_.vhid, shared_addresses(group_),
                     proto::AddressOrder::sorted),
      own_(address_on(group_.lan, 30 + id).address),
      random_(world.scenario().seed * 131 + id),
      constant_counter_(random_.next() >> 1) {}

Duration ForeignPeer::pace_time() const noexcept { return time_of(group_.advbase, plan_.advskew); }

// C61; OpenBSD multiplies the skew, too.
Duration ForeignPeer::master_down_time() const noexcept {
  return plan_.kind == PeerKind::openbsd ? 3 * pace_time()
                                         : time_of(3 * group_.advbase, plan_.advskew);
}

void ForeignPeer::boot() {
  on_ = true;
  if (plan_.kind == PeerKind::bsd && plan_.preempt) return become_master();
  become_backup();
}

void ForeignPeer::note(const char* what) {
  world_.note_fault();
  const auto since = world_.now() - world_.start();
  world_.trace().add({4, static_cast<uint64_t>(since.count()), id_, master_});
  world_.trace().line(since, [&] {
    return "foreign " + std::to_string(id_) + ": carp" + std::to_string(plan_.group) + ' ' + what;
  });
}

void ForeignPeer::set_timer(Duration delay, void (ForeignPeer::*what)()) {
  world_.schedule().after(delay, [this, what, number = ++timer_] {
    if (number == timer_) (this->*what)();
  });
}

void ForeignPeer::become_master() {
  master_ = true;
  note("MASTER");
  advertise();
  for (const net::Ipv4Prefix& address : shared_addresses(group_))
    send(net::build_gratuitous_arp(net::virtual_mac(group_.vhid), net::virtual_mac(group_.vhid),
                                   net::kUntagged, address.address));
}

void ForeignPeer::become_backup() {
  if (master_) note("BACKUP");
  master_ = false;
  set_timer(master_down_time(), &ForeignPeer::master_down);
}

void ForeignPeer::advertise() {
  Advert advert{.source = own_, .vhid = group_.vhid, .pace = {group_.advbase, plan_.advskew}};
  advert.counter = next_counter();
  advert.digest = authenticator_.sign(advert.counter);
  send(proto::build_advert(advert,
                           {.ethernet_source = net::virtual_mac(group_.vhid), .source = own_}));
  set_timer(pace_time(), &ForeignPeer::advertise);
}

// C48, C51.
uint64_t ForeignPeer::next_counter() {
  if (plan_.kind == PeerKind::openbsd) return constant_counter_;
  if (!heard_counter_) return random_.next();
  return ++*heard_counter_;
}

void ForeignPeer::send(net::Frame bytes) {
  world_.wire(lan()).send(std::make_shared<Parcel>(Parcel{std::move(bytes), id_}));
}

void ForeignPeer::receive(const Packet& packet) {
  if (!on_) return;
  const auto* ethernet = net::view_at<net::EthernetHeader>(packet->bytes, 0);
  if (ethernet->ether_type.get() == net::kEtherTypeArp) return answer(packet);
  const auto* ip = net::view_at<net::Ipv4Header>(packet->bytes, sizeof(net::EthernetHeader));
  if (ethernet->ether_type.get() != net::kEtherTypeIpv4 || ip == nullptr ||
      ip->protocol != net::kProtocolCarp)
    return;
  const auto advert = proto::parse_advert(packet->bytes);
  if (!advert || advert.value().vhid != group_.vhid) return;
  if (plan_.kind == PeerKind::openbsd && advert.value().counter == constant_counter_) return;
  if (authenticator_.verify(advert.value().counter, advert.value().digest)) hear(advert.value());
}

void ForeignPeer::hear(const Advert& advert) {
  heard_counter_ = advert.counter;  // C49
  if (master_) return master_hears(advert);
  backup_hears(advert);
}

// C71, C77 without demotion, C78.
void ForeignPeer::master_hears(const Advert& advert) {
  const Duration theirs = time_of(advert.pace.advbase, advert.pace.advskew);
  if (plan_.kind != PeerKind::ucarp) {
    if (pace_time() >= theirs) become_backup();
    return;
  }
  const bool lower = __builtin_bswap32(advert.source.value) < __builtin_bswap32(own_.value);
  if (pace_time() < theirs || (pace_time() == theirs && !lower)) return;
  advertise();
  become_backup();
}

// C72 to C74.
void ForeignPeer::backup_hears(const Advert& advert) {
  const Duration theirs = time_of(advert.pace.advbase, advert.pace.advskew);
  const bool preempts = plan_.preempt && pace_time() < theirs;
  if (preempts || time_of(3 * group_.advbase, plan_.advskew) < theirs) return become_master();
  set_timer(master_down_time(), &ForeignPeer::master_down);
}

void ForeignPeer::answer(const Packet& packet) {
  const auto* arp = net::view_at<net::ArpPacket>(packet->bytes, sizeof(net::EthernetHeader));
  if (!master_ || arp == nullptr || arp->operation.get() != net::kArpRequest) return;
  const auto shared = shared_addresses(group_);
  const net::Ipv4Address target{arp->target_ip.get()};
  const bool asked = std::any_of(shared.begin(), shared.end(),
                                 [&](const auto& prefix) { return prefix.address == target; });
  if (!asked || arp->sender_ip.get() == target.value) return;
  const net::MacAddress mac = net::virtual_mac(group_.vhid);
  net::ArpPacket reply = *arp;
  reply.operation = net::kArpReply;
  reply.sender_mac = mac;
  reply.sender_ip = arp->target_ip;
  reply.target_mac = arp->sender_mac;
  reply.target_ip = arp->sender_ip;
  send(net::build_ethernet(arp->sender_mac, mac, net::kUntagged, net::kEtherTypeArp,
                           net::bytes_of(reply)));
}

}  // namespace carp::sim
