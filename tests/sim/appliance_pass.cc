// SPDX-License-Identifier: BSD-3-Clause
//
// Control's loop and the workers of a simulated host, in the order of lib/control/loop.
#include <algorithm>

#include "lib/dataplane/process.h"
#include "tests/sim/appliance.h"

namespace carp::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kNextPass{100};
constexpr Duration kTableAtMost{800};                // from control to a worker
constexpr Duration kWatchStalls = milliseconds(10);  // passes while a worker stalls
constexpr size_t kQueueLength = 512;                 // frames a port keeps for its worker
constexpr size_t kPuntsAtMost = 1024;                // frames workers keep for control

}  // namespace

void Appliance::pass() {
  if (world_.now() < control_until_) return wake_by(control_until_ + Duration(1));
  Run& run = *run_;
  const TimePoint now = clock(world_.now());
  run.engine.begin_pass(now, run.out);
  report_workers(now);
  report_links(now);
  for (const Punt& punt : std::exchange(run.punts, {})) hear(punt);
  for (const std::string& line : std::exchange(run.typed, {})) execute(line, now);
  answer_open(now);
  run_checks(now);
  if (stopping_ && !run.stop_told) {
    run.stop_told = true;
    run.engine.stop(now, run.out);
  }
  run.engine.advance(now, run.out);
  tell_changes();
  flush();
  if (world_.now() >= save_at_) save_counters();
  world_.tell(&Invariant::on_step, *this);
  if (stopping_ && run.engine.has_stopped()) return power_off();
  plan_next_pass();
}

void Appliance::plan_next_pass() {
  Duration tick = tick_;
  for (size_t lan = 0; lan < ports_.size(); ++lan)
    if (worker_is_stalled(lan)) tick = std::min(tick, kWatchStalls);
  const TimePoint due = run_->engine.next_deadline();
  const Duration until_due = due == proto::kNever ? tick : due - clock(world_.now());
  const bool soon = run_->has_news() || until_due < kNextPass;
  wake_by(world_.now() + (soon ? kNextPass : std::min(tick, until_due + Duration(1))));
}

void Appliance::power_off() {
  save_counters();
  world_.tell(&Invariant::on_power_off, *this);
  const bool again = boots_again_;
  run_.reset();
  if (again) boot();
}

void Appliance::save_counters() {
  folder_ = run_->engine.counters().by_key();
  save_at_ = world_.now() + seconds(60);
}

void Appliance::report_workers(TimePoint now) {
  uint64_t applied = ~uint64_t{0};
  for (size_t lan = 0; lan < ports_.size(); ++lan) {
    if (!worker_is_stalled(lan)) run_->engine.on_poll(static_cast<dataplane::PortId>(lan), now);
    const Worker& worker = run_->workers[lan];
    applied = std::min(applied, worker.table ? worker.table->generation() : 0);
  }
  run_->engine.on_applied(applied);
}

void Appliance::report_links(TimePoint now) {
  for (size_t lan = 0; lan < ports_.size(); ++lan) {
    Port& port = ports_[lan];
    if (port.link == port.link_told || world_.now() < port.tell_link_at) continue;
    port.link_told = port.link;
    run_->engine.on_link(static_cast<dataplane::PortId>(lan), port.link, now, run_->out);
  }
}

uint64_t Appliance::refusals() const {
  const control::Statistics& s = run_->engine.statistics();
  return s.badif + s.badttl + s.badlen + s.badsum + s.badver + s.badvhid + s.badauth + s.replay +
         s.loop;
}

// Of all virtual hosts, what an advertisement that is refused must not touch.
uint64_t Appliance::state_hash() const {
  uint64_t hash = 0;
  const auto mix = [&](auto word) {
    hash = (hash ^ static_cast<uint64_t>(word)) * 0x9e3779b97f4a7c15;
  };
  for (const auto& entry : run_->engine.vhosts()) {
    mix(entry->vhost.state);
    mix(entry->vhost.deadline.time_since_epoch().count());
    mix(entry->vhost.lease_until.time_since_epoch().count());
    mix(entry->vhost.preempt_from.time_since_epoch().count());
  }
  return hash;
}

void Appliance::hear_query(const Punt& punt, TimePoint now) {
  run_->engine.on_query_frame(static_cast<dataplane::PortId>(punt.lan), punt.packet->bytes, now);
  const auto* ethernet = net::view_at<net::EthernetHeader>(punt.packet->bytes, 0);
  world_.tell(&Invariant::on_query, *this, punt.lan,
              ethernet->destination == net::multicast_mac(net::kAllSystems));
}

void Appliance::hear(const Punt& punt) {
  control::Engine& engine = run_->engine;
  const auto port = static_cast<dataplane::PortId>(punt.lan);
  const TimePoint now = clock(world_.now());
  if (punt.reason == dataplane::Reason::arp_conflict)
    return engine.on_conflict_frame(port, punt.packet->bytes, now, run_->out);
  if (punt.reason == dataplane::Reason::igmp_query) return hear_query(punt, now);
  const uint64_t refused_before = refusals();
  const uint64_t loops_before = engine.statistics().loop;
  const uint64_t state_before = state_hash();
  engine.on_advert_frame(port, punt.packet->bytes, now, run_->out);

  const auto parsed = proto::parse_advert(punt.packet->bytes);
  const control::VhostEntry* entry = nullptr;
  for (const auto& candidate : engine.vhosts())
    if (parsed && candidate->interface == punt.lan && candidate->config.vhid == parsed.value().vhid)
      entry = candidate.get();
  const bool refused = refusals() != refused_before || !allows() || entry == nullptr;
  const AdvertHeard heard{*this,
                          punt.lan,
                          punt.packet,
                          entry,
                          parsed ? parsed.value() : proto::Advert{},
                          parsed.ok(),
                          !refused,
                          engine.statistics().loop != loops_before,
                          state_hash() != state_before};
  world_.trace().add({2, id_, punt.lan, heard.advert.vhid, heard.accepted, heard.looped});
  if (entry != nullptr && (entry->is_master() || (refused && entry->runs()))) {
    world_.trace().line(world_.now() - world_.start(), [&] {
      return "host " + std::to_string(id_) + (refused ? " refuses" : " hears") + " station " +
             std::to_string(punt.packet->sender) + ": vhid " + std::to_string(heard.advert.vhid) +
             ' ' + std::to_string(heard.advert.pace.advbase) + '/' +
             std::to_string(heard.advert.pace.advskew) + " counter " +
             std::to_string(heard.advert.counter);
    });
  }
  hearing_ = &heard.advert;
  tell_changes();
  hearing_ = nullptr;
  world_.tell(&Invariant::on_heard, heard);
}

void Appliance::tell_changes() {
  const auto& entries = run_->engine.history().entries();
  for (; run_->changes_seen < entries.size(); ++run_->changes_seen) {
    const control::HistoryEntry& change = entries[run_->changes_seen];
    const GroupPlan& group = group_of(change.name);
    const auto since = world_.now() - world_.start();
    world_.trace().add({1, static_cast<uint64_t>(since.count()), id_,
                        static_cast<uint64_t>(change.to), static_cast<uint64_t>(change.reason)});
    world_.trace().line(since, [&] {
      return "host " + std::to_string(id_) + ": " + change.name + ' ' +
             std::string(to_string(change.from)) + " -> " + std::string(to_string(change.to)) +
             " (" + std::string(to_string(change.reason)) + ')';
    });
    world_.tell(&Invariant::on_change,
                VhostChange{*this, change.name, group.lan, group.vhid, change.from, change.to,
                            change.reason, run_->engine.find_vhost(change.name)});
  }
}

// Leases, table, frames: the order of the loop.
void Appliance::flush() {
  control::Outbox out = std::exchange(run_->out, {});
  for (const control::LeaseUpdate& lease : out.leases) {
    const auto until = lease.until.time_since_epoch().count();
    run_->leases.set(lease.index, until <= 0 ? 0 : static_cast<dataplane::Ticks>(until));
  }
  for (const control::CounterUpdate& last : out.counters)
    run_->leases.set_counter(last.index, last.counter);
  if (out.table) {
    world_.tell(&Invariant::on_table, *this, out.table->generation());
    run_->newest = std::move(out.table);
    for (size_t lan = 0; lan < ports_.size(); ++lan)
      world_.schedule().after(random_.between(Duration(20), kTableAtMost),
                              [this, lan, boot = boots_] {
                                if (boot == boots_ && is_on() && !worker_is_stalled(lan))
                                  adopt(lan);
                              });
  }
  for (const control::OutFrame& frame : out.frames) transmit(frame);
}

void Appliance::transmit(const control::OutFrame& frame) {
  const size_t lan = frame.port;
  const TimePoint now = clock(world_.now());
  const Port& port = ports_[lan];
  const bool fails = world_.now() < port.sends_fail_until;
  world_.tell(&Invariant::on_written, *this, lan, net::ConstBytes(frame.bytes), !fails);
  if (frame.token != 0)
    run_->engine.on_transmitted(frame.token, fails ? port.failure : control::Transmitted::ok, now,
                                run_->out);
  if (!fails) put_on_wire(lan, frame.bytes);
}

void Appliance::put_on_wire(size_t lan, const net::Frame& bytes) {
  if (!ports_[lan].link) return;
  const auto since = world_.now() - world_.start();
  world_.trace().add({3, static_cast<uint64_t>(since.count()), id_, lan, bytes.size()});
  world_.tell(&Invariant::on_frame, *this, lan, net::ConstBytes(bytes));
  world_.wire(lan).send(std::make_shared<Parcel>(Parcel{bytes, id_, Origin::member, boots_}));
}

void Appliance::adopt(size_t lan) {
  Worker& worker = run_->workers[lan];
  if (worker.table == run_->newest) return;
  worker.table = run_->newest;
  world_.tell(&Invariant::on_step, *this);
  wake_soon();
}

void Appliance::resume(size_t lan) {
  if (run_->newest) adopt(lan);
  for (const Packet& packet : std::exchange(run_->workers[lan].queue, {})) work(lan, packet);
}

void Appliance::receive(size_t lan, const Packet& packet) {
  if (!is_on() || !ports_[lan].link) return;
  if (!worker_is_stalled(lan)) return work(lan, packet);
  auto& queue = run_->workers[lan].queue;
  if (queue.size() < kQueueLength) queue.push_back(packet);
}

void Appliance::work(size_t lan, const Packet& packet) {
  const Worker& worker = run_->workers[lan];
  if (worker.table == nullptr) return;
  net::Frame bytes = packet->bytes;
  const auto port = static_cast<dataplane::PortId>(lan);
  const auto reason = dataplane::process(bytes, port, *worker.table, ticks());
  switch (dataplane::verdict_of(reason)) {
    case dataplane::Verdict::drop:
    case dataplane::Verdict::host: return;  // no appliance here has a kernel beside it
    case dataplane::Verdict::transmit: return put_on_wire(lan, bytes);
    case dataplane::Verdict::punt: break;
  }
  if (run_->punts.size() < kPuntsAtMost) run_->punts.push_back({lan, reason, packet});
  wake_soon();
}

}  // namespace carp::sim
