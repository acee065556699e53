// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/world.h"

#include <algorithm>

#include "tests/sim/appliance.h"
#include "tests/sim/attacker.h"
#include "tests/sim/client.h"
#include "tests/sim/foreign_peer.h"
#include "tests/sim/querier.h"

namespace carp::sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr size_t kClientsALan = 2;

[[nodiscard]] control::Transmitted failure_of(const Fault& fault) {
  return fault.value != 0 ? control::Transmitted::no_buffer : control::Transmitted::failed;
}

}  // namespace

World::World(const Scenario& scenario, Trace& trace)
    : scenario_(scenario),
      trace_(trace),
      start_(TimePoint(hours(1)) + scenario.shift),
      schedule_(start_),
      disturbed_at_(scenario.lans, start_),
      fault_at_(start_),
      disturbances_(scenario.lans, 0),
      invariants_(all_invariants(*this)) {
  for (size_t lan = 0; lan < scenario.lans; ++lan)
    wires_.emplace_back(schedule_, scenario.wire, scenario.seed * 11 + lan);
  populate();
}

World::~World() = default;

// Station numbers go on over all kinds, so that every wire knows every station by the same one.
void World::populate() {
  const auto attach = [&](auto&& receiver_on) {
    for (size_t lan = 0; lan < wires_.size(); ++lan) wires_[lan].attach(receiver_on(lan));
  };
  StationId next = 0;
  for (size_t i = 0; i < scenario_.nodes.size(); ++i) {
    Appliance* host = hosts_.emplace_back(std::make_unique<Appliance>(*this, next++)).get();
    attach([&](size_t lan) {
      return [host, lan](const Packet& packet) { host->receive(lan, packet); };
    });
  }
  for (const PeerPlan& plan : scenario_.peers) {
    ForeignPeer* peer =
        peers_.emplace_back(std::make_unique<ForeignPeer>(*this, next++, plan)).get();
    attach([&](size_t lan) {
      return [peer, lan](const Packet& packet) {
        if (lan == peer->lan()) peer->receive(packet);
      };
    });
  }
  for (size_t i = 0; i < scenario_.lans * kClientsALan; ++i) {
    const size_t home = i / kClientsALan;
    const auto octet = static_cast<uint8_t>(50 + i % kClientsALan);
    Client* client =
        clients_.emplace_back(std::make_unique<Client>(*this, next++, home, octet)).get();
    attach([&](size_t lan) {
      return [client, lan, home](const Packet& packet) {
        if (lan == home) client->receive(packet);
      };
    });
  }
  for (const QuerierPlan& plan : scenario_.queriers) {
    queriers_.emplace_back(std::make_unique<Querier>(*this, next++, plan));
    attach([](size_t) { return [](const Packet&) {}; });  // what is said to it others look at
  }
  attacker_ = std::make_unique<Attacker>(*this, std::vector<StationId>(wires_.size(), next));
  attach([&](size_t lan) {
    return [this, lan](const Packet& packet) { attacker_->overhear(lan, packet); };
  });
}

void World::run() {
  for (const auto& host : hosts_)
    schedule_.after(scenario_.nodes[host->id()].boots_at, [&host] { host->boot(); });
  for (const auto& peer : peers_) schedule_.after(peer->plan().boots_at, [&peer] { peer->boot(); });
  for (const auto& client : clients_)
    schedule_.after(milliseconds(10), [&client] { client->ask(); });
  for (const auto& querier : queriers_)
    schedule_.after(querier->plan().interval / 2, [&querier] { querier->ask(); });
  for (const Fault& fault : scenario_.faults) plan_fault(fault);

  const TimePoint faults_end = start_ + scenario_.faults_end;
  schedule_.run_until(faults_end);
  for (Wire& wire : wires_) wire.end_plain_loss();
  for (size_t lan = 0; lan < wires_.size(); ++lan) disturb(lan);
  const TimePoint settled = faults_end + settling_time(scenario_);
  schedule_.run_until(settled);
  tell(&Invariant::on_settled);
  schedule_.run_until(settled + scenario_.quiet);
  tell(&Invariant::on_end);
}

void World::plan_fault(const Fault& fault) {
  schedule_.at(start_ + fault.at, [this, &fault] {
    trace_.line(now() - start_, [&] { return "---- " + to_string(fault); });
    for (size_t lan = 0; lan < wires_.size(); ++lan)
      if (disturbs_the_wire(fault.kind)) ++disturbances_[lan];
    if (!is_attack(fault.kind)) note_fault();
    tell(&Invariant::on_fault, fault);
    begin(fault);
  });
  schedule_.at(start_ + fault.end(), [this, &fault] {
    trace_.line(now() - start_, [&] { return "---- over: " + to_string(fault); });
    if (!is_attack(fault.kind)) note_fault();
    end(fault);
  });
  // Which password is said follows later than what is typed (I2.13).
  const Duration lingers =
      is_typed(fault.kind) ? 2 * Duration(scenario_.transition) + milliseconds(1) : Duration(0);
  schedule_.at(start_ + fault.end() + lingers, [this, &fault] {
    for (size_t lan = 0; lan < wires_.size(); ++lan) {
      if (!disturbs_the_wire(fault.kind)) continue;
      --disturbances_[lan];
      disturb(lan);
    }
  });
}

void World::begin(const Fault& fault) {
  Appliance& host = *hosts_[fault.node];
  switch (fault.kind) {
    case FaultKind::crash: return host.crash(fault.value != 0);
    case FaultKind::stop: return host.shut_down();
    case FaultKind::link_down: return host.set_link(fault.lan, false);
    case FaultKind::partition:
    case FaultKind::cut: return switch_cuts(fault, true);
    case FaultKind::loss: return wires_[fault.lan].lose(static_cast<int>(fault.value));
    case FaultKind::clog: return wires_[fault.lan].clog(milliseconds(fault.value));
    case FaultKind::control_stall: return host.stall_control(fault.lasts);
    case FaultKind::worker_stall: return host.stall_worker(fault.lan, fault.lasts);
    case FaultKind::freeze:
      for (size_t lan = 0; lan < wires_.size(); ++lan) host.stall_worker(lan, fault.lasts);
      return host.stall_control(fault.lasts);
    case FaultKind::send_failure: return host.fail_sends(fault.lan, fault.lasts, failure_of(fault));
    case FaultKind::command: return host.type(fault.command);
    case FaultKind::service_failure: return host.break_service(true);
    case FaultKind::rekey: return rekey(fault);
    case FaultKind::replay:
    case FaultKind::reskew:
    case FaultKind::forge:
    case FaultKind::corrupt: return attacker_->begin(fault);
  }
}

void World::end(const Fault& fault) {
  Appliance& host = *hosts_[fault.node];
  switch (fault.kind) {
    case FaultKind::crash:
    case FaultKind::stop: return host.boot();
    case FaultKind::link_down: return host.set_link(fault.lan, true);
    case FaultKind::partition:
    case FaultKind::cut: return switch_cuts(fault, false);
    case FaultKind::loss: return wires_[fault.lan].lose(-static_cast<int>(fault.value));
    case FaultKind::clog: return wires_[fault.lan].clog(-milliseconds(fault.value));
    case FaultKind::service_failure: return host.break_service(false);
    case FaultKind::command:
      if (!fault.undo.empty()) host.type(fault.undo);
      return;
    default: return;
  }
}

// Hosts that are off find the new file when they start.
void World::rekey(const Fault& fault) {
  for (size_t i = 0; i < hosts_.size(); ++i)
    schedule_.after(fault.lasts * static_cast<int64_t>(i) / static_cast<int64_t>(hosts_.size()),
                    [host = hosts_[(fault.node + i) % hosts_.size()].get(), &fault] {
                      host->get_file(fault.value);
                    });
}

// A partition parts our hosts from each other; foreign members, clients and routers stay with the
// hosts whose bit is not set.
void World::switch_cuts(const Fault& fault, bool on) {
  Wire& wire = wires_[fault.lan];
  if (fault.kind == FaultKind::cut) return wire.cut(fault.node, fault.other, on);
  const auto apart = [&](StationId id) {
    return id < hosts_.size() && (fault.value >> id & 1) != 0;
  };
  const StationId stations = hosts_.size() + peers_.size() + clients_.size() + queriers_.size();
  for (StationId a = 0; a < stations; ++a)
    for (StationId b = 0; b < stations; ++b)
      if (apart(a) != apart(b)) wire.cut(a, b, on);
}

TimePoint World::calm_since(size_t lan) const noexcept {
  if (disturbances_[lan] > 0 || wires_[lan].is_disturbed()) return proto::kNever;
  return disturbed_at_[lan];
}

void World::broken(const std::string& what) const {
  throw Broken(seconds_text(now() - start_) + ": " + what);
}

}  // namespace carp::sim
