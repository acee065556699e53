// SPDX-License-Identifier: BSD-3-Clause
//
// A scenario come to life: wires, our hosts, foreign members, clients and an attacker in virtual
// time, the faults as they come, and the invariants that watch.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/invariant.h"
#include "tests/sim/scenario.h"
#include "tests/sim/schedule.h"
#include "tests/sim/trace.h"
#include "tests/sim/wire.h"

namespace carp::sim {

class Attacker;
class Client;
class ForeignPeer;
class Querier;

class World {
 public:
  // `scenario` and `trace` must outlive it.
  World(const Scenario& scenario, Trace& trace);
  ~World();

  // The whole story. Throws Broken.
  void run();

  [[nodiscard]] const Scenario& scenario() const noexcept { return scenario_; }
  [[nodiscard]] Trace& trace() noexcept { return trace_; }
  [[nodiscard]] Schedule& schedule() noexcept { return schedule_; }
  [[nodiscard]] TimePoint now() const noexcept { return schedule_.now(); }
  [[nodiscard]] TimePoint start() const noexcept { return start_; }
  [[nodiscard]] Wire& wire(size_t lan) noexcept { return wires_[lan]; }
  [[nodiscard]] const Wire& wire(size_t lan) const noexcept { return wires_[lan]; }
  [[nodiscard]] const std::vector<std::unique_ptr<Appliance>>& hosts() const noexcept {
    return hosts_;
  }
  [[nodiscard]] const std::vector<std::unique_ptr<ForeignPeer>>& peers() const noexcept {
    return peers_;
  }
  [[nodiscard]] const std::vector<std::unique_ptr<Querier>>& queriers() const noexcept {
    return queriers_;
  }

  // Since when nothing but silence has gone wrong on the lan; kNever: something does now.
  [[nodiscard]] TimePoint calm_since(size_t lan) const noexcept;
  // When a fault began or ended last, what an attacker says apart, or a foreign member changed.
  [[nodiscard]] TimePoint fault_at() const noexcept { return fault_at_; }
  void note_fault() noexcept { fault_at_ = now(); }
  void disturb(size_t lan) noexcept { disturbed_at_[lan] = now(); }

  // Calls all invariants.
  template <typename... Parameters, typename... Arguments>
  void tell(void (Invariant::*what)(Parameters...), const Arguments&... arguments) {
    for (const auto& invariant : invariants_) ((*invariant).*what)(arguments...);
  }
  [[noreturn]] void broken(const std::string& what) const;

 private:
  void populate();
  void plan_fault(const Fault& fault);
  void begin(const Fault& fault);
  void end(const Fault& fault);
  void rekey(const Fault& fault);
  void switch_cuts(const Fault& fault, bool on);

  const Scenario& scenario_;
  Trace& trace_;
  TimePoint start_;
  Schedule schedule_;
  std::vector<Wire> wires_;
  std::vector<std::unique_ptr<Appliance>> hosts_;
  std::vector<std::unique_ptr<ForeignPeer>> peers_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<std::unique_ptr<Querier>> queriers_;
  std::unique_ptr<Attacker> attacker_;
  std::vector<TimePoint> disturbed_at_;  // by lan
  TimePoint fault_at_;
  std::vector<int> disturbances_;  // going on, by lan
  std::vector<std::unique_ptr<Invariant>> invariants_;
};

}  // namespace carp::sim
