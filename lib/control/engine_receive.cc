// SPDX-License-Identifier: BSD-3-Clause
//
// What the engine hears: the checks of an advertisement in the order of C92, then the election;
// and strangers' claims to a shared address (D18).
#include <algorithm>
#include <utility>

#include "lib/control/engine.h"
#include "lib/net/arp.h"

namespace carp::control {
namespace {

using proto::Advert;
using proto::Refusal;
using proto::ReplayGuard;
using proto::TimePoint;
using std::chrono::seconds;

constexpr proto::Duration kTieJitter = std::chrono::milliseconds(20);  // D3
constexpr proto::Duration kStep = std::chrono::milliseconds(1);        // of the clock in a counter

struct RefusalInfo {
  std::string_view name;
  uint64_t Statistics::*counter;
};

[[nodiscard]] RefusalInfo info_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::bad_ttl: return {"badttl", &Statistics::badttl};
    case Refusal::bad_length: return {"badlen", &Statistics::badlen};
    case Refusal::bad_sum: return {"badsum", &Statistics::badsum};
    case Refusal::bad_vhid: return {"badvhid", &Statistics::badvhid};
    case Refusal::bad_version: return {"badver", &Statistics::badver};
    case Refusal::bad_auth: return {"badauth", &Statistics::badauth};
    case Refusal::replay: return {"replay", &Statistics::replay};
    case Refusal::loop: return {"loop", &Statistics::loop};
  }
  return {"badlen", &Statistics::badlen};
}

[[nodiscard]] uint16_t vlan_of(net::ConstBytes frame) {
  const auto* ethernet = net::view_at<net::EthernetHeader>(frame, 0);
  const auto* tag = net::view_at<net::VlanTag>(frame, sizeof(net::EthernetHeader));
  const bool tagged =
      ethernet != nullptr && tag != nullptr && ethernet->ether_type.get() == net::kEtherTypeVlan;
  return tagged ? tag->id() : net::kUntagged;
}

}  // namespace

InterfaceEntry* Engine::interface_of(dataplane::PortId port, net::ConstBytes frame) {
  const uint16_t vlan = vlan_of(frame);
  const auto place = std::find_if(interfaces_.begin(), interfaces_.end(), [&](const auto& i) {
    return i.facts.port == port && i.config.vlan == vlan;
  });
  return place == interfaces_.end() ? nullptr : &*place;
}

// C92. Before this the worker has checked what the IP layer checks (C93).
void Engine::on_advert_frame(dataplane::PortId port, net::ConstBytes frame, TimePoint now,
                             Outbox& out) {
  ++statistics_.ipackets;
  if (!config_.sysctl.allow) return;  // D13
  const InterfaceEntry* interface = interface_of(port, frame);
  if (interface == nullptr || vhosts_on(interface->index).empty()) {
    ++statistics_.badif;
    record(interface == nullptr ? dataplane::kNoInterface : interface->index, frame,
           {"heard from ", to_string(proto::source_of(frame)), ": refused: badif"}, now);
    return log_bad("badif", "port=" + std::to_string(port), now, out);
  }
  const auto parsed = proto::parse_advert(frame);  // TTL, lengths, checksum
  if (!parsed) return refuse(*interface, frame, parsed.error(), now, out);
  const Advert& advert = parsed.value();
  VhostEntry* entry = interface->by_vhid[advert.vhid];
  if (entry == nullptr || !entry->sets.can_sign())
    return refuse(*interface, frame, Refusal::bad_vhid, now, out);
  const auto refusal = judge(*entry, advert, now, out);
  if (!refusal) tell_counter(*entry, out);
  if (!entry->runs()) {
    // Counted as F6 does, but noted: its sender serves a slot of ARP balancing (D7).
    refuse(*interface, frame, Refusal::bad_vhid, now, out);
    if (!refusal) hear_for_slot(*entry, advert, now);
    return;
  }
  if (refusal == Refusal::loop) leave_step(*entry, now);
  if (refusal) return refuse(*interface, frame, *refusal, now, out);
  record(interface->index, frame, {"heard from ", to_string(advert.source), ": accepted"}, now);
  hear(*entry, advert, now, out);
}

// Version, type, digest, replay (C92 steps 9 and 10, D15, D11).
std::optional<Refusal> Engine::judge(VhostEntry& entry, const Advert& advert, TimePoint now,
                                     Outbox& out) {
  if (advert.version != 2 || advert.type != 1) return Refusal::bad_version;
  const SharedSets::Match match = entry.sets.verify(advert.counter, advert.digest);
  if (match == SharedSets::Match::none) return Refusal::bad_auth;
  switch (entry.replay.judge(advert, now)) {
    case ReplayGuard::Verdict::accept:
      if (match == SharedSets::Match::next)
        switch_set(entry, to_string(advert.source) + " says it", now, out);
      return std::nullopt;
    case ReplayGuard::Verdict::replay: return Refusal::replay;
    case ReplayGuard::Verdict::loop: return Refusal::loop;
  }
  return std::nullopt;
}

void Engine::refuse(const InterfaceEntry& interface, net::ConstBytes frame, Refusal refusal,
                    TimePoint now, Outbox& out) {
  const RefusalInfo info = info_of(refusal);
  ++(statistics_.*info.counter);
  const RefusedAs refused = note_refused(interface, frame, refusal, now);
  record(interface.index, frame,
         {"heard from ", to_string(proto::source_of(frame)), ": refused: ", info.name, " (",
          refused.cause, ")"},
         now);
  if (refusal == Refusal::bad_vhid) return;  // never logged
  log_bad(info.name,
          "interface=" + interface.config.name + " source=" + to_string(proto::source_of(frame)) +
              (refused.vhid ? " vhid=" + std::to_string(*refused.vhid) : std::string()) +
              " cause=\"" + refused.cause + '"',
          now, out);
}

void Engine::log_bad(std::string_view name, const std::string& details, TimePoint now,
                     Outbox& out) {
  if (config_.sysctl.log < 1) return;
  auto text = limiter_.pass(name, "carp: refused=" + std::string(name) + ' ' + details, now);
  if (text) out.log.push_back({LogTopic::proto, LogLevel::warning, std::move(*text)});
}

// Two MASTERs that send in the same millisecond, by clocks that agree, sign the same pair, and each
// takes the other's for its own come back (D11 rule 6); two that hear one bow out do so at once. A
// random moment later each says it once more, and they hear each other. Not more often than twice
// an interval, or a real loop would never be silent.
void Engine::leave_step(VhostEntry& entry, TimePoint now) {
  if (!entry.is_master() || entry.announcing || now < entry.leave_step_from) return;
  const proto::Duration interval = proto::advert_interval(entry.vhost.pace);
  entry.leave_step_from = now + interval / 2;
  const TimePoint again = now + kStep + jitter(std::min(kTieJitter, interval / 8));
  entry.vhost.deadline = std::min(entry.vhost.deadline, again);
  plan(entry);
}

proto::Duration Engine::jitter(proto::Duration at_most) {
  return proto::Duration(std::uniform_int_distribution<int64_t>(0, at_most.count())(random_));
}

// An accepted advertisement: the election (section 5.2).
void Engine::hear(VhostEntry& entry, const Advert& advert, TimePoint now, Outbox& out) {
  const net::Ipv4Address own = own_address(entry);
  // Two hosts with one address must not ignore each other: the receiver yields (D11 rule 6).
  const bool own_twice = advert.source == own;
  if (own_twice) log_own_address_twice(entry, now, out);
  const PortWatch& watch = watches_.at(interfaces_[entry.interface].facts.port);
  const proto::Heard heard{
      .pace = advert.pace,
      .demotion_byte = advert.demotion,
      .from_lower_address = own_twice || proto::precedes_on_tie(advert.source.value, own.value),
      .is_fresh = watch.is_fresh(now),
      .is_behind = entry.replay.is_behind(advert.counter, now),
      .jitter = jitter(kTieJitter)};
  entry.master = advert.source;
  ++entry.adverts_accepted;
  hear_for_slot(entry, advert, now);
  proto::Circumstances at = circumstances(now);
  at.preempt &= !entry.stays_back;
  carry_out(entry, proto::on_advert(entry.vhost, heard, at), now, out);
  note_peer(entry, advert, now);
}

// A master was heard for this vhid, so its slot counts for a while (D7).
void Engine::hear_for_slot(VhostEntry& entry, const Advert& advert, TimePoint now) {
  entry.master_heard_until = advert.pace == proto::kBowOut
                                 ? TimePoint::min()
                                 : now + proto::master_down_time(entry.vhost.pace) + seconds(1);
  if (advert.pace != proto::kBowOut) entry.master_heard_at = now;
  const bool counts = entry.runs() || now < entry.master_heard_until;
  if (std::exchange(entry.slot_counts, counts) != counts) want_layout(now);
  plan(entry);
}

void Engine::log_own_address_twice(const VhostEntry& entry, TimePoint now, Outbox& out) {
  auto text = limiter_.pass("own_address " + entry.config.interface,
                            "interface=" + entry.config.interface +
                                " address=" + to_string(own_address(entry)) +
                                " event=duplicate_own_address another host advertises from it",
                            now);
  if (text) out.log.push_back({LogTopic::control, LogLevel::error, std::move(*text)});
}

// A stranger claims an address that is ours while MASTER: say again whose it is (D18).
void Engine::on_conflict_frame(dataplane::PortId port, net::ConstBytes frame, TimePoint now,
                               Outbox& out) {
  const InterfaceEntry* interface = interface_of(port, frame);
  const size_t offset =
      sizeof(net::EthernetHeader) + (vlan_of(frame) == net::kUntagged ? 0 : sizeof(net::VlanTag));
  const auto* arp = net::view_at<net::ArpPacket>(frame, offset);
  if (interface == nullptr || arp == nullptr) return;
  const net::Ipv4Address address{arp->sender_ip.get()};
  for (const auto& entry : vhosts_on(interface->index)) {
    const auto& shared = entry->sets.addresses();
    const bool ours = entry->is_master() &&
                      std::any_of(shared.begin(), shared.end(),
                                  [&](const auto& prefix) { return prefix.address == address; });
    if (!ours) continue;
    record(interface->index, frame,
           {entry->config.name, ": ", to_string(arp->sender_mac), " claims ", to_string(address)},
           now);
    reannounce(*entry, now);
    auto text = limiter_.pass("conflict " + entry->config.name,
                              entry->config.name + ": address=" + to_string(address) +
                                  " event=conflict claimed_by=" + to_string(arp->sender_mac) +
                                  " vhid=" + std::to_string(entry->config.vhid),
                              now);
    if (text) out.log.push_back({LogTopic::proto, LogLevel::error, std::move(*text)});
  }
}

}  // namespace carp::control
