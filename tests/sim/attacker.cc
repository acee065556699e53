// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/attacker.h"

#include "lib/net/ethernet.h"
#include "lib/net/ipv4.h"
#include "lib/proto/key.h"
#include "lib/proto/wire.h"

namespace carp::sim {
namespace {

// Of one lan: the first ones for ever, and the last ones.
constexpr size_t kFirst = 100;
constexpr size_t kLast = 100;
constexpr net::MacAddress kMac{{0x02, 0xba, 0xd0, 0, 0, 1}};

}  // namespace

Attacker::Attacker(World& world, std::vector<StationId> ids)
    : world_(world),
      ids_(std::move(ids)),
      random_(world.scenario().seed * 7919 + 5),
      recorded_(ids_.size()) {}

void Attacker::overhear(size_t lan, const Packet& packet) {
  const auto* ethernet = net::view_at<net::EthernetHeader>(packet->bytes, 0);
  if (ethernet->destination != net::kCarpGroupMac || net::is_igmp(packet->bytes)) return;
  auto& recordings = recorded_[lan];
  if (recordings.size() < kFirst + kLast) return recordings.push_back(packet);
  recordings[kFirst + ++heard_ % kLast] = packet;
}

void Attacker::begin(const Fault& fault) {
  for (uint32_t i = 0; i < fault.value; ++i)
    world_.schedule().after(random_.between(Duration(0), fault.lasts),
                            [this, kind = fault.kind, lan = fault.lan] { say(kind, lan); });
}

// From a MAC of his own, so that the switch is not turned: receivers do not look at it (C3).
void Attacker::say(FaultKind kind, size_t lan) {
  Parcel parcel{{}, ids_[lan], Origin::forged};
  if (kind == FaultKind::forge) {
    parcel.bytes = forged(lan);
  } else {
    const auto& recordings = recorded_[lan];
    if (recordings.empty()) return;
    const net::Frame& recorded = recordings[random_.below(recordings.size())]->bytes;
    parcel.origin = kind == FaultKind::replay ? Origin::repeated : Origin::reskewed;
    if (kind == FaultKind::replay) parcel.bytes = recorded;
    if (kind == FaultKind::reskew) parcel.bytes = with_other_pace(recorded);
    if (kind == FaultKind::corrupt) parcel.bytes = corrupted(recorded);
  }
  if (auto* ethernet = net::view_at<net::EthernetHeader>(net::Bytes(parcel.bytes), 0))
    ethernet->source = kMac;
  if (parcel.bytes.size() >= sizeof(net::EthernetHeader))
    world_.wire(lan).send(std::make_shared<Parcel>(std::move(parcel)));
}

// The digest covers neither advbase nor advskew (C45).
net::Frame Attacker::with_other_pace(const net::Frame& recorded) {
  auto advert = proto::parse_advert(recorded);
  if (!advert) return recorded;
  proto::Advert changed = advert.value();
  changed.pace = random_.chance(300) ? proto::kBowOut
                                     : proto::Pace{static_cast<uint8_t>(random_.below(3)),
                                                   static_cast<uint8_t>(random_.below(256))};
  return proto::build_advert(changed, {.ethernet_source = kMac, .source = changed.source});
}

net::Frame Attacker::corrupted(net::Frame recorded) {
  if (random_.chance(300)) {
    recorded.resize(random_.below(recorded.size()));
    return recorded;
  }
  const uint64_t flips = 1 + random_.below(4);
  for (uint64_t i = 0; i < flips; ++i)
    recorded[random_.below(recorded.size())] ^= static_cast<uint8_t>(1u << random_.below(8));
  return recorded;
}

net::Frame Attacker::forged(size_t lan) {
  const Scenario& scenario = world_.scenario();
  const GroupPlan& group = scenario.groups[random_.below(scenario.groups.size())];
  std::vector<net::Ipv4Prefix> addresses;
  for (const uint8_t octet : group.addresses) addresses.push_back(address_on(lan, octet));
  const proto::Authenticator stranger(proto::key_from_pass("guess"), group.vhid, addresses,
                                      proto::AddressOrder::sorted);
  proto::Advert advert{.source = address_on(lan, 10).address, .vhid = group.vhid, .pace = {0, 1}};
  advert.counter = random_.next();
  advert.digest = stranger.sign(advert.counter);
  return proto::build_advert(advert, {.ethernet_source = kMac, .source = advert.source});
}

}  // namespace carp::sim
