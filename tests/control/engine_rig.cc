// SPDX-License-Identifier: BSD-3-Clause
#include "tests/control/engine_rig.h"

#include <algorithm>
#include <stdexcept>

#include "lib/dataplane/process.h"
#include "lib/net/arp.h"
#include "lib/proto/key.h"
#include "tests/support/frames.h"

namespace carp::control {
namespace {

using proto::Duration;
using proto::TimePoint;
using std::chrono::milliseconds;

constexpr Duration kPass = milliseconds(1);
constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr uint64_t kUnixUs = 1'795'330'800'000'000;  // 2026-11-22T07:00:00Z

[[nodiscard]] dataplane::Ticks ticks_at(TimePoint at) {
  if (at <= TimePoint{}) return 0;
  return static_cast<dataplane::Ticks>(at.time_since_epoch().count());
}

[[nodiscard]] net::MacAddress port_mac(dataplane::PortId port, uint8_t host) {
  return {{0x02, 0, 0, 0, static_cast<uint8_t>(port), host}};
}

}  // namespace

InterfaceConfig interface_config(std::string name, std::string_view address, uint16_t vlan) {
  InterfaceConfig config;
  config.port = "port of " + name;
  config.name = config.host_name = std::move(name);
  config.addresses = {net::parse_ipv4_prefix(address).value()};
  config.vlan = vlan;
  return config;
}

proto::VhostConfig vhost(std::string name, uint8_t vhid, std::string_view address, proto::Pace pace,
                         std::string interface) {
  proto::VhostConfig config;
  config.name = std::move(name);
  config.interface = std::move(interface);
  config.vhid = vhid;
  config.pace = pace;
  config.key = proto::key_from_pass("testpass");
  config.addresses = {net::parse_ipv4_prefix(address).value()};
  return config;
}

Config lan_config(std::vector<proto::VhostConfig> vhosts) {
  Config config;
  config.sysctl.log = 2;
  config.interfaces = {interface_config("lan0", "192.168.1.3/24")};
  config.vhosts = std::move(vhosts);
  return config;
}

Config two_lan_config(std::vector<proto::VhostConfig> vhosts) {
  Config config = lan_config(std::move(vhosts));
  config.interfaces.push_back(interface_config("lan1", "10.0.0.3/24"));
  return config;
}

EngineRig::EngineRig(Config config, uint8_t host, bool filter_prunes)
    : leases_(std::make_unique<dataplane::LeaseBoard>()), now_(kStart) {
  std::vector<InterfaceFacts> facts;
  for (const InterfaceConfig& interface : config.interfaces) {
    const bool shares_port = !ports_.empty() && interface.vlan != 0;
    if (!shares_port) ports_.push_back(static_cast<dataplane::PortId>(ports_.size()));
    const bool has_host = interface.host != HostMode::none;
    facts.push_back(
        {.port = ports_.back(),
         .mac = port_mac(ports_.back(), host),
         .host = has_host ? static_cast<dataplane::HostId>(facts.size()) : dataplane::kNoHost,
         .filter_prunes = filter_prunes});
  }
  engine_ = std::make_unique<Engine>(EngineStart{.config = std::move(config),
                                                 .facts = std::move(facts),
                                                 .leases = leases_.get(),
                                                 .unix_us = kUnixUs,
                                                 .now = now_,
                                                 .seed = host});
}

void EngineRig::start() {
  for (const dataplane::PortId port : ports_) set_link(port, true);
  pass();
}

void EngineRig::run(Duration time) {
  const TimePoint end = now_ + time;
  while (now_ < end) {
    TimePoint next = std::min(end, now_ + kPass);
    const TimePoint deadline = engine_->next_deadline();
    if (deadline > now_) next = std::min(next, deadline);
    if (coming_ && coming_at_ + confirm_after > now_)
      next = std::min(next, coming_at_ + confirm_after);
    now_ = next;
    pass();
  }
}

void EngineRig::stall(Duration time) {
  now_ += time;
  pass();
}

void EngineRig::pass() {
  engine_->begin_pass(now_, out_);
  if (workers_poll) {
    adopt_tables();
    for (const dataplane::PortId port : ports_) engine_->on_poll(port, now_);
  }
  if (workers_confirm) engine_->on_applied(applied_);
  read_inbox();
  engine_->advance(now_, out_);
  flush();
  check_deadlines();
}

void EngineRig::check_deadlines() const {
  const TimePoint next = engine_->next_deadline();
  for (const auto& entry : engine_->vhosts()) {
    TimePoint due = std::min(proto::next_deadline(entry->vhost), entry->refresh_at);
    if (entry->announcing) due = std::min(due, entry->announcing->latest);
    if (entry->bowing_out) due = std::min(due, entry->bowing_out->latest);
    if (!entry->runs() && entry->slot_counts) due = std::min(due, entry->master_heard_until);
    if (next > due) throw std::logic_error("the engine forgets " + entry->config.name);
  }
}

void EngineRig::set_link(dataplane::PortId port, bool up) {
  engine_->on_link(port, up, now_, out_);
}

void EngineRig::receive(dataplane::PortId port, net::Frame frame) {
  inbox_.push_back({now_, port, std::move(frame)});
}

void EngineRig::hear(const net::Frame& frame, dataplane::PortId port) {
  engine_->on_advert_frame(port, frame, now_, out_);
}

void EngineRig::adopt_tables() {
  if (!coming_ || now_ < coming_at_ + confirm_after) return;
  table_ = std::move(coming_);
  applied_ = table_->generation();
}

void EngineRig::read_inbox() {
  if (!workers_poll || !table_) return;
  for (SentFrame& frame : std::exchange(inbox_, {})) {
    const auto reason = dataplane::process(frame.bytes, frame.port, *table_, ticks_at(now_));
    if (dataplane::is_advert(reason))
      engine_->on_advert_frame(frame.port, frame.bytes, now_, out_);
    else if (reason == dataplane::Reason::arp_conflict)
      engine_->on_conflict_frame(frame.port, frame.bytes, now_, out_);
    else if (reason == dataplane::Reason::igmp_query)
      engine_->on_query_frame(frame.port, frame.bytes, now_);
    else
      ++dropped_of_inbox;
  }
}

void EngineRig::flush() {
  Outbox out = std::exchange(out_, {});
  for (const LeaseUpdate& lease : out.leases) leases_->set(lease.index, ticks_at(lease.until));
  for (const CounterUpdate& last : out.counters) leases_->set_counter(last.index, last.counter);
  if (out.table) {
    published_.push_back({now_, out.table->generation()});
    coming_ = std::move(out.table);
    coming_at_ = now_;
  }
  for (OutFrame& frame : out.frames) {
    if (frame.token != 0) engine_->on_transmitted(frame.token, transmits, now_, out_);
    if (transmits != Transmitted::ok) continue;
    const bool is_igmp = net::is_igmp(frame.bytes);
    outgoing_.push_back({now_, frame.port, frame.bytes});
    (is_igmp ? igmp_sent_ : sent_).push_back({now_, frame.port, std::move(frame.bytes)});
  }
  for (LogLine& line : out.log) log_.push_back(std::move(line));
  for (StateChange& change : out.changes) told_.push_back({now_, std::move(change)});
}

const VhostEntry& EngineRig::entry(std::string_view name) const {
  const VhostEntry* entry = engine_->find_vhost(name);
  if (entry == nullptr) throw std::out_of_range("no virtual host " + std::string(name));
  return *entry;
}

proto::State EngineRig::state(std::string_view name) const { return entry(name).vhost.state; }

bool EngineRig::is_master(std::string_view name) const { return entry(name).is_master(); }

std::string EngineRig::last_change() const {
  if (engine_->history().entries().empty()) return "";
  const HistoryEntry& last = engine_->history().entries().back();
  return std::string(to_string(last.from)) + " -> " + std::string(to_string(last.to)) + " (" +
         std::string(to_string(last.reason)) + ')';
}

std::vector<SentAdvert> EngineRig::adverts() const {
  std::vector<SentAdvert> adverts;
  for (const SentFrame& frame : sent_) {
    const auto advert = proto::parse_advert(frame.bytes);
    if (!advert.ok()) continue;
    const auto* ethernet = net::view_at<net::EthernetHeader>(frame.bytes, 0);
    const auto* tag = net::view_at<net::VlanTag>(frame.bytes, sizeof(net::EthernetHeader));
    const bool tagged = ethernet->ether_type.get() == net::kEtherTypeVlan;
    adverts.push_back({frame.at, frame.port, ethernet->source, tagged ? tag->id() : net::kUntagged,
                       advert.value()});
  }
  return adverts;
}

std::vector<SentArp> EngineRig::announcements() const {
  std::vector<SentArp> announcements;
  for (const SentFrame& frame : sent_) {
    const auto* ethernet = net::view_at<net::EthernetHeader>(frame.bytes, 0);
    if (ethernet->ether_type.get() != net::kEtherTypeArp) continue;
    const auto* arp = net::view_at<net::ArpPacket>(frame.bytes, sizeof(net::EthernetHeader));
    announcements.push_back({frame.at, frame.port, ethernet->source, arp->sender_mac,
                             net::Ipv4Address{arp->sender_ip.get()}});
  }
  return announcements;
}

bool EngineRig::logged(std::string_view part) const {
  return std::any_of(log_.begin(), log_.end(), [&](const LogLine& line) {
    return line.text.find(part) != std::string::npos;
  });
}

std::optional<net::MacAddress> EngineRig::answer(std::string_view address, std::string_view client,
                                                 dataplane::PortId port) const {
  if (!table_) return std::nullopt;
  const net::MacAddress mac{{0x02, 0xc1, 0, 0, 0, 1}};
  net::Frame request = support::arp_frame(
      {.sender_mac = mac, .sender_ip = support::ip(client), .target_ip = support::ip(address)});
  const auto reason = dataplane::process(request, port, *table_, ticks_at(now_));
  if (reason != dataplane::Reason::arp_answered) return std::nullopt;
  return net::view_at<net::ArpPacket>(std::as_const(request), sizeof(net::EthernetHeader))
      ->sender_mac;
}

bool EngineRig::serves(std::string_view name) const {
  const VhostEntry* entry = engine_->find_vhost(name);
  if (entry == nullptr || !table_) return false;
  const auto* slot = table_->find_vhost(entry->interface, net::virtual_mac(entry->config.vhid));
  return slot != nullptr && slot->master && leases_->holds(slot->lease, ticks_at(now_));
}

}  // namespace carp::control
