// SPDX-License-Identifier: BSD-3-Clause
//
// Who is heard, and in words that help why somebody is refused or what is odd about him (I3.4,
// `show peers`).
#include <algorithm>

#include "lib/control/engine.h"
#include "lib/proto/vrrp.h"

namespace carp::control {
namespace {

using proto::Advert;
using proto::Pace;
using proto::Refusal;
using proto::TimePoint;

// A digest is explained so often, of one peer and of all together: forgers cost control no more
// than two explanations a second.
constexpr proto::Duration kExplainPeerEvery = std::chrono::seconds(5);
constexpr proto::Duration kExplainEvery = std::chrono::milliseconds(500);

constexpr size_t kHintedVhostsMax = 16;
constexpr size_t kHintedAddressesMax = 24;

// Who has not stopped after so many of our advertisements does not hear them.
constexpr uint64_t kHeedWithin = 3;

[[nodiscard]] std::string text_of(Refusal refusal, const InterfaceEntry& interface,
                                  std::optional<uint8_t> vhid) {
  const VhostEntry* entry = vhid ? interface.by_vhid[*vhid] : nullptr;
  switch (refusal) {
    case Refusal::bad_ttl: return "ttl is not 255";
    case Refusal::bad_length: return "too short or wrong authlen";
    case Refusal::bad_sum: return "wrong checksum";
    case Refusal::bad_vhid:
      return entry == nullptr ? "vhid is not configured on this interface"
                              : entry->config.name + " is INIT here";
    case Refusal::bad_version: return "not CARP version 2";
    case Refusal::bad_auth: return "wrong password or address list";
    case Refusal::replay: return "an advertisement from the past, repeated";
    case Refusal::loop: return "our own advertisement come back: a loop or a mirror port";
  }
  return {};
}

// The frame is none of CARP's, by the checks that come before all others (C92).
[[nodiscard]] bool may_be_vrrp(Refusal refusal) {
  return refusal == Refusal::bad_length || refusal == Refusal::bad_sum ||
         refusal == Refusal::bad_version;
}

[[nodiscard]] std::string vrrp_text(uint8_t router, const InterfaceEntry& interface) {
  const VhostEntry* entry = interface.by_vhid[router];
  const std::string text = "VRRP, not CARP, by vhid " + std::to_string(router);
  return entry == nullptr ? text
                          : text + ": it has the virtual MAC of " + entry->config.name +
                                ", give one of them another number";
}

}  // namespace

Engine::RefusedAs Engine::note_refused(const InterfaceEntry& interface, net::ConstBytes frame,
                                       Refusal refusal, TimePoint now) {
  const auto router = may_be_vrrp(refusal) ? proto::vrrp_router(frame) : std::nullopt;
  const auto vhid = router ? router : proto::claimed_vhid(frame);
  const std::string text =
      router ? vrrp_text(*router, interface) : text_of(refusal, interface, vhid);
  if (!vhid) return {vhid, text};
  Peer peer{.interface = interface.index,
            .vhid = *vhid,
            .source = proto::source_of(frame),
            .pace = router ? Pace{0, 0} : proto::claimed_pace(frame),
            .last_heard = now,
            .reason = text};
  const VhostEntry* entry = interface.by_vhid[*vhid];
  // Of two MASTERs in step each takes the other's for its own (D11 rule 6): that is a peer.
  if (refusal == Refusal::loop && peer.source != own_address(*entry))
    return {vhid, "said in the same moment as ours, both speak again"};
  const bool is_strange_vhid = refusal == Refusal::bad_vhid && entry == nullptr;
  if (refusal == Refusal::bad_auth || is_strange_vhid) explain(peer, interface, frame, now);
  RefusedAs refused{vhid, peer.reason};
  peers_.note(std::move(peer));
  return refused;
}

// Looks into the digest, where it is time to.
void Engine::explain(Peer& peer, const InterfaceEntry& interface, net::ConstBytes frame,
                     TimePoint now) {
  const Peer* known = peers_.find(peer.interface, peer.vhid, peer.source);
  if (known != nullptr && known->explained_at != TimePoint::min()) {
    peer.explained_at = known->explained_at;
    peer.reason = known->reason;
    if (now < known->explained_at + kExplainPeerEvery) return;
  }
  const auto advert = proto::parse_advert(frame);
  if (!advert || now < explain_from_) return;
  explain_from_ = now + kExplainEvery;
  peer.explained_at = now;
  const bool is_ours = interface.by_vhid[peer.vhid] != nullptr;
  peer.reason = explain_digest(advert.value(), hints_for(interface, peer));
  if (!peer.reason.empty()) return;
  peer.reason = is_ours ? text_of(Refusal::bad_auth, interface, peer.vhid) +
                              ", or another group with our vhid"
                        : text_of(Refusal::bad_vhid, interface, peer.vhid);
}

DigestHints Engine::hints_for(const InterfaceEntry& interface, const Peer& peer) const {
  const VhostEntry* entry = interface.by_vhid[peer.vhid];
  DigestHints hints;
  if (entry != nullptr) {
    hints.ours.push_back(set_of(entry->config));
    if (entry->sets.is_waiting()) hints.ours.push_back(entry->sets.said());
    hints.former = entry->former;
  }
  const auto add_address = [&](net::Ipv4Address address) {
    const auto is_it = [&](const net::Ipv4Prefix& shared) { return shared.address == address; };
    const bool is_shared = entry != nullptr && std::ranges::any_of(entry->config.addresses, is_it);
    const bool is_there = std::ranges::find(hints.addresses, address) != hints.addresses.end();
    if (!is_shared && !is_there && hints.addresses.size() < kHintedAddressesMax)
      hints.addresses.push_back(address);
  };
  const auto add_vhost = [&](const VhostEntry& other) {
    if (&other != entry && hints.others.size() < kHintedVhostsMax)
      hints.others.push_back({other.config.name, set_of(other.config)});
  };
  for (const auto& other : vhosts_on(interface.index)) {
    add_vhost(*other);
    for (const net::Ipv4Prefix& shared : other->config.addresses) add_address(shared.address);
  }
  for (const net::Ipv4Prefix& own : interface.config.addresses) add_address(own.address);
  add_address(peer.source);
  for (const auto& other : vhosts_) {
    if (hints.others.size() == kHintedVhostsMax) break;
    if (other->interface != interface.index) add_vhost(*other);
  }
  return hints;
}

// An accepted one.
void Engine::note_peer(const VhostEntry& entry, const Advert& advert, TimePoint now) {
  std::string note;
  if (advert.source == own_address(entry)) note = "uses our own address";
  if (entry.replay.is_constant(advert.source)) note = "repeats one counter (OpenBSD)";
  if (entry.sets.has_previous() &&
      entry.sets.verify(advert.counter, advert.digest) == SharedSets::Match::previous)
    note = "says the old password or addresses, accepted while they change";
  // Its master down time may end before our lease does (D4 rule 1).
  const Pace own = entry.vhost.pace;
  const bool sub_second = own.advbase == 0 && advert.pace.advbase == 0;
  if (advert.pace.advbase < own.advbase)
    note = "has a lower advbase and can take over before our lease ends";
  if (sub_second && advert.pace.advskew < own.advskew)
    note = "has a lower advskew with advbase 0 and can take over before our lease ends";
  const auto since = unheeded_since(entry, advert, now);
  if (since && entry.adverts_sent >= *since + kHeedWithin) {
    note = "does not hear us: a one-way link, or it refuses ours";
    if (interfaces_[entry.interface].facts.filter_prunes)
      note += ", or its card prunes as ours would: mac_filter = off there";
  }
  peers_.note({.interface = entry.interface,
               .vhid = entry.config.vhid,
               .source = advert.source,
               .pace = advert.pace,
               .last_heard = now,
               .accepted = true,
               .note = std::move(note),
               .unheeded_since = since});
}

// A worse MASTER that hears a better one yields at once (C71), so one that goes on does not hear
// it. Who falls silent in between has begun anew.
std::optional<uint64_t> Engine::unheeded_since(const VhostEntry& entry, const Advert& advert,
                                               TimePoint now) const {
  const Pace own = proto::effective_pace(entry.vhost, demotion_.any());
  const bool is_worse = entry.is_master() && advert.pace != proto::kBowOut &&
                        proto::election_time(own) < proto::election_time(advert.pace);
  if (!is_worse) return std::nullopt;
  const Peer* known = peers_.find(entry.interface, entry.config.vhid, advert.source);
  const bool goes_on = known != nullptr && known->unheeded_since &&
                       now < known->last_heard + proto::master_down_time(advert.pace);
  return goes_on ? known->unheeded_since : std::optional(entry.adverts_sent);
}

}  // namespace carp::control
