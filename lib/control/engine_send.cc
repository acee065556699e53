// SPDX-License-Identifier: BSD-3-Clause
//
// What the engine sends: advertisements and bow outs, gratuitous ARP, and what it learns from
// whether they left.
#include <algorithm>
#include <set>

#include "lib/control/engine.h"

namespace carp::control {
namespace {

using proto::Duration;
using proto::Pace;
using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kAnnouncementPause = milliseconds(1);  // C126, D19
constexpr Duration kReannouncePause = seconds(1);         // D18, I2.10
constexpr int kSendErrorsToDemote = 3;                    // C89
constexpr size_t kInFlightMax = 8;

[[nodiscard]] SendToken token_of(const VhostEntry& entry) {
  return SendToken{entry.lease} << 32 | entry.sequence;
}

}  // namespace

// C7: the first own address whose subnet holds the first shared address; else the first.
net::Ipv4Address Engine::own_address(const VhostEntry& entry) const {
  const auto& own = interfaces_[entry.interface].config.addresses;
  const net::Ipv4Address shared = entry.sets.addresses().front().address;
  const auto same_subnet = std::find_if(own.begin(), own.end(), [&](const net::Ipv4Prefix& prefix) {
    return prefix.contains(shared);
  });
  if (same_subnet != own.end()) return same_subnet->address;
  return own.empty() ? net::Ipv4Address{} : own.front().address;
}

std::string_view Engine::kind_of(Speech speech) {
  switch (speech) {
    case Speech::advert: return "";
    case Speech::last_word: return ", once more before it yields";
    case Speech::bow_out: return ", a bow out";
  }
  return "";
}

void Engine::send_advert(VhostEntry& entry, Speech speech, TimePoint now, Outbox& out) {
  if (!entry.sets.can_sign()) return;
  const InterfaceEntry& interface = interfaces_[entry.interface];
  const Pace pace = speech == Speech::bow_out ? proto::kBowOut
                                              : proto::effective_pace(entry.vhost, demotion_.any());
  proto::Advert advert{.vhid = entry.config.vhid, .pace = pace};
  if (entry.config.openbsd_demotion) advert.demotion = demotion_.wire_byte();
  advert.counter = entry.replay.next_counter(now);
  advert.digest = entry.sets.sign(advert.counter);
  entry.replay.note_sent(advert.counter, advert.digest, now);
  tell_counter(entry, out);

  // Who yields speaks once more, from the port's MAC, so that no switch turns to us (D11 rule 1).
  const proto::AdvertRoute route{.ethernet_source = speech == Speech::last_word
                                                        ? interface.facts.mac
                                                        : net::virtual_mac(entry.config.vhid),
                                 .vlan = interface.config.vlan,
                                 .source = own_address(entry),
                                 .ip_identification = static_cast<uint16_t>(random_())};
  ++statistics_.opackets;  // C105
  ++entry.adverts_sent;
  ++entry.sequence;
  if (entry.in_flight.size() == kInFlightMax) entry.in_flight.erase(entry.in_flight.begin());
  entry.in_flight.push_back({entry.sequence, now, pace, speech == Speech::advert});
  out.frames.push_back({interface.facts.port, proto::build_advert(advert, route), token_of(entry)});
  record(entry.interface, out.frames.back().bytes, {entry.config.name, ": sent", kind_of(speech)},
         now);
}

void Engine::on_held_up(size_t frames, TimePoint now) {
  record(kNoInterface, {},
         {"control was held up: ", std::to_string(frames), " frames were old news and not sent"},
         now);
}

void Engine::on_transmitted(SendToken token, Transmitted how, TimePoint now, Outbox& out) {
  VhostEntry* entry = by_lease_[static_cast<uint16_t>(token >> 32)];
  if (entry == nullptr) return;
  const auto sent = std::find_if(entry->in_flight.begin(), entry->in_flight.end(), [&](auto& f) {
    return f.sequence == static_cast<uint32_t>(token);
  });
  if (sent == entry->in_flight.end()) return;
  const InFlight flight = *sent;
  entry->in_flight.erase(sent);
  if (how == Transmitted::no_buffer) ++statistics_.onomem;  // not a send error (C89)
  if (how == Transmitted::failed) {
    ++statistics_.oerrors;
    entry->successes_in_a_row = 0;
    if (entry->failures_in_a_row < kSendErrorsToDemote) ++entry->failures_in_a_row;
  }
  if (how == Transmitted::ok) {
    entry->failures_in_a_row = 0;
    if (entry->successes_in_a_row < kSendErrorsToDemote) ++entry->successes_in_a_row;
  }
  judge_send_errors(*entry, now);
  if (how != Transmitted::ok)
    record(entry->interface, {},
           {entry->config.name, ": what it sent did not leave: ",
            how == Transmitted::failed ? "the port refused it" : "no buffer"},
           now);
  if (how != Transmitted::ok) return;
  // Renewed by sending alone (D4 rule 1).
  if (!flight.renews || !entry->is_master()) return;
  proto::on_sent(entry->vhost, flight.pace, flight.sent_at);
  update_lease(*entry, out);
  plan(*entry);
}

// Three failures in a row demote, three successes in a row take that back (C89).
void Engine::judge_send_errors(VhostEntry& entry, TimePoint now) {
  if (entry.failures_in_a_row == kSendErrorsToDemote) set_cause("send errors", entry, true, now);
  if (entry.successes_in_a_row == kSendErrorsToDemote) set_cause("send errors", entry, false, now);
}

void Engine::update_lease(const VhostEntry& entry, Outbox& out) {
  out.leases.push_back(
      {entry.lease, entry.is_master() ? entry.vhost.lease_until : TimePoint::min()});
}

// Workers let pass first what goes on from here.
void Engine::tell_counter(const VhostEntry& entry, Outbox& out) {
  out.counters.push_back({entry.lease, entry.replay.latest()});
}

// D19: a gratuitous ARP moves every client to its slot, so none is sent for a balanced address.
// What still waits keeps its place: begun anew, a long list would never end.
void Engine::queue_announcements(const VhostEntry& entry) {
  auto& queue = interfaces_[entry.interface].announcements;
  std::set<net::Ipv4Address> waiting;
  for (const Announcement& announcement : queue)
    if (announcement.lease == entry.lease) waiting.insert(announcement.address);
  for (const net::Ipv4Prefix& prefix : entry.sets.addresses())
    if (!waiting.contains(prefix.address) && !is_balanced(entry, prefix.address))
      queue.push_back({entry.lease, prefix.address});
}

void Engine::drop_announcements(const VhostEntry& entry) {
  if (!entry.has_interface()) return;
  std::erase_if(interfaces_[entry.interface].announcements,
                [&](const Announcement& a) { return a.lease == entry.lease; });
}

// A new MASTER that has not spoken yet is about to announce anyway (D22).
void Engine::reannounce(VhostEntry& entry, TimePoint now) {
  if (!entry.is_master() || entry.announcing || now < entry.reannounce_from) return;
  entry.reannounce_from = now + kReannouncePause;
  queue_announcements(entry);
}

void Engine::send_announcements(InterfaceEntry& interface, TimePoint now, Outbox& out) {
  while (!interface.announcements.empty() && now >= interface.next_announcement) {
    const Announcement next = interface.announcements.front();
    interface.announcements.pop_front();
    const VhostEntry* entry = by_lease_[next.lease];
    if (entry == nullptr || !entry->is_master() || is_balanced(*entry, next.address)) continue;
    const net::MacAddress virtual_mac = net::virtual_mac(entry->config.vhid);
    const bool from_port = entry->config.arp_source == proto::ArpSource::port;  // D6
    out.frames.push_back(
        {interface.facts.port,
         net::build_gratuitous_arp(virtual_mac, from_port ? interface.facts.mac : virtual_mac,
                                   interface.config.vlan, next.address)});
    interface.next_announcement = now + kAnnouncementPause;
  }
}

}  // namespace carp::control
