// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/appliance.h"

#include <algorithm>

namespace carp::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int64_t kMillion = 1'000'000;
constexpr uint64_t kUnixUs = 1'795'330'800'000'000;  // 2026-11-22T07:00:00Z
constexpr Duration kPassLatency{200};                // from an event to control's next pass
constexpr Duration kLinkLatency = milliseconds(20);  // from a carrier to control
constexpr Duration kSavePeriod = seconds(60);        // D11 rule 5

}  // namespace

Appliance::Appliance(World& world, StationId id)
    : world_(world),
      id_(id),
      plan_(world.scenario().nodes[id]),
      random_(world.scenario().seed * 977 + id),
      ports_(world.scenario().lans) {}

control::EngineStart Appliance::start_values() const {
  control::EngineStart start;
  start.config = config();
  for (size_t lan = 0; lan < ports_.size(); ++lan)
    start.facts.push_back({static_cast<dataplane::PortId>(lan),
                           {{0x02, world_.scenario().rename, 0, 0, static_cast<uint8_t>(lan),
                             static_cast<uint8_t>(id_)}}});
  // The wall clock is as fast as the other one, and goes on over a restart.
  const auto passed = clock(world_.now()) - TimePoint{} + milliseconds(plan_.clock_error_ms);
  start.unix_us = kUnixUs + static_cast<uint64_t>(passed.count());
  start.now = clock(world_.now());
  start.seed = world_.scenario().seed * 31 + id_ * 1009 + boots_;
  start.stored_counters = folder_;
  start.maintenance = maintenance_;
  return start;
}

void Appliance::boot() {
  if (is_on()) {
    boots_again_ = stopping_;
    return;
  }
  ++boots_;
  stopping_ = boots_again_ = false;
  floors_ = folder_;
  run_ = std::make_unique<Run>(start_values());
  run_->workers.resize(ports_.size());
  (void)run_->tracks.follow(run_->engine.config().tracks, clock(world_.now()));
  for (Port& port : ports_) {
    port.link_told = false;
    port.tell_link_at = world_.now();
    port.worker_until = TimePoint::min();
  }
  pauses_.clear();
  control_until_ = TimePoint::min();
  booted_at_ = world_.now();
  save_at_ = booted_at_ + random_.between(Duration(0), kSavePeriod);
  wake_at_ = proto::kNever;
  follow_pace();
  world_.tell(&Invariant::on_boot, *this);
  wake_by(world_.now());
}

void Appliance::crash(bool folder) {
  if (folder) {
    folder_.clear();
    maintenance_ = false;
  }
  run_.reset();
}

void Appliance::shut_down() {
  if (!is_on() || stopping_) return;
  stopping_ = true;
  wake_by(world_.now());
}

void Appliance::set_link(size_t lan, bool up) {
  Port& port = ports_[lan];
  port.link = up;
  port.link_since = world_.now();
  port.tell_link_at = world_.now() + random_.between(Duration(0), kLinkLatency);
  wake_by(port.tell_link_at);
}

void Appliance::stall_control(Duration time) {
  if (!is_on()) return;
  control_until_ = std::max(control_until_, world_.now() + time);
  pauses_.push_back({kControl, world_.now(), control_until_});
}

void Appliance::stall_worker(size_t lan, Duration time) {
  if (!is_on()) return;
  Port& port = ports_[lan];
  port.worker_until = std::max(port.worker_until, world_.now() + time);
  pauses_.push_back({lan, world_.now(), port.worker_until});
  // It wakes up with all that has come meanwhile, and the newest table.
  world_.schedule().at(port.worker_until, [this, lan, boot = boots_] {
    if (boot == boots_ && is_on() && !worker_is_stalled(lan)) resume(lan);
  });
}

void Appliance::fail_sends(size_t lan, Duration time, control::Transmitted how) {
  ports_[lan].sends_fail_until = world_.now() + time;
  ports_[lan].failure = how;
}

bool Appliance::worker_is_stalled(size_t lan) const {
  return world_.now() < ports_[lan].worker_until;
}

bool Appliance::is_stalled(size_t lan) const noexcept {
  return world_.now() < control_until_ || worker_is_stalled(lan);
}

TimePoint Appliance::stalled_since(size_t lan) const noexcept {
  TimePoint since = proto::kNever;
  for (const Pause& pause : pauses_)
    if ((pause.lan == kControl || pause.lan == lan) && world_.now() < pause.until)
      since = std::min(since, pause.from);
  return since;
}

TimePoint Appliance::able_since(size_t lan) const noexcept {
  const Port& port = ports_[lan];
  if (!is_on() || !port.link || is_stalled(lan)) return proto::kNever;
  return std::max({booted_at_, port.link_since, port.worker_until, control_until_, typed_at_});
}

TimePoint Appliance::running_since() const noexcept {
  if (!is_on() || world_.now() < control_until_) return proto::kNever;
  return std::max(booted_at_, control_until_);
}

Duration Appliance::listened(size_t lan, TimePoint since, Duration pause) const {
  Duration time = world_.now() - since;
  TimePoint counted = since;  // up to here pauses are taken off
  for (const Pause& stall : pauses_) {
    if ((stall.lan != kControl && stall.lan != lan) || stall.until - stall.from < pause) continue;
    const TimePoint from = std::max(stall.from, counted);
    const TimePoint until = std::min(stall.until, world_.now());
    if (from >= until) continue;
    time -= until - from;
    counted = until;
  }
  return time;
}

bool Appliance::serves(const control::VhostEntry& entry) const {
  if (!is_on() || !entry.has_interface() || worker_is_stalled(entry.interface)) return false;
  const Worker& worker = run_->workers[entry.interface];
  if (worker.table == nullptr) return false;
  const auto* slot = worker.table->find_vhost(entry.interface, net::virtual_mac(entry.config.vhid));
  return slot != nullptr && slot->master && run_->leases.holds(slot->lease, ticks());
}

TimePoint Appliance::clock(TimePoint at) const noexcept {
  return at + (at - world_.start()) * plan_.drift_ppm / kMillion;
}

dataplane::Ticks Appliance::ticks() const noexcept {
  return static_cast<dataplane::Ticks>(clock(world_.now()).time_since_epoch().count());
}

uint64_t Appliance::floor(const control::VhostEntry& entry) const {
  const auto stored = floors_.find(control::counter_key(entry.config.interface, entry.config.vhid));
  return stored == floors_.end() ? 0 : stored->second;
}

// As often as the stall rules of the fastest virtual host want (D4 rule 3).
void Appliance::follow_pace() {
  tick_ = world_.scenario().is_day ? Duration(seconds(10)) : Duration(milliseconds(100));
  for (const auto& entry : run_->engine.vhosts())
    tick_ = std::min(tick_, proto::advert_interval(entry->config.pace) / 8);
}

void Appliance::wake_by(TimePoint when) {
  if (!is_on() || when >= wake_at_) return;
  wake_at_ = when;
  world_.schedule().at(when, [this, when, boot = boots_] {
    if (boot != boots_ || !is_on() || wake_at_ != when) return;
    wake_at_ = proto::kNever;
    pass();
  });
}

void Appliance::wake_soon() { wake_by(world_.now() + random_.between(Duration(0), kPassLatency)); }

}  // namespace carp::sim
