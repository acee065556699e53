// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/peers.h"

#include <algorithm>
#include <tuple>

namespace carp::control {
namespace {

[[nodiscard]] auto key(const Peer& peer) {
  return std::tuple(peer.interface, peer.vhid, peer.source);
}

// Refused before accepted, then the longest unheard.
[[nodiscard]] bool goes_before(const Peer& a, const Peer& b) {
  return std::tuple(a.accepted, a.last_heard) < std::tuple(b.accepted, b.last_heard);
}

// Puts `peer` into the cell of `victim` and moves it to `place`, where it belongs. Only what lies
// between moves, or each frame of a flood would move the whole list.
void put(Peer peer, std::vector<Peer>::iterator victim, std::vector<Peer>::iterator place) {
  *victim = std::move(peer);
  if (victim < place)
    std::rotate(victim, victim + 1, place);
  else
    std::rotate(place, victim, victim + 1);
}

}  // namespace

void Peers::note(Peer peer) {
  const auto less = [](const Peer& a, const Peer& b) { return key(a) < key(b); };
  auto place = std::lower_bound(peers_.begin(), peers_.end(), peer, less);
  if (place != peers_.end() && key(*place) == key(peer)) {
    *place = std::move(peer);
    return;
  }
  const auto [first, last] =
      std::equal_range(peers_.begin(), peers_.end(), peer, [](const Peer& a, const Peer& b) {
        return std::tuple(a.interface, a.vhid) < std::tuple(b.interface, b.vhid);
      });
  const bool vhid_full = static_cast<size_t>(last - first) >= kPeersPerVhidMax;
  if (vhid_full || peers_.size() >= kPeersMax) {
    auto victim = std::min_element(first, last, goes_before);
    const bool none_refused = first == last || victim->accepted;
    if (!vhid_full && none_refused)
      victim = std::min_element(peers_.begin(), peers_.end(), goes_before);
    if (victim->accepted && !peer.accepted) return;
    return put(std::move(peer), victim, place);
  }
  peers_.insert(place, std::move(peer));
}

const Peer* Peers::find(dataplane::InterfaceIndex interface, uint8_t vhid,
                        net::Ipv4Address source) const {
  const auto wanted = std::tuple(interface, vhid, source);
  const auto place = std::lower_bound(peers_.begin(), peers_.end(), wanted,
                                      [](const Peer& a, const auto& b) { return key(a) < b; });
  return place != peers_.end() && key(*place) == wanted ? &*place : nullptr;
}

void Peers::forget(dataplane::InterfaceIndex interface, uint8_t vhid) {
  std::erase_if(peers_,
                [&](const Peer& peer) { return peer.interface == interface && peer.vhid == vhid; });
}

}  // namespace carp::control
