// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/appliance.h"
#include "tests/sim/foreign_peer.h"
#include "tests/sim/invariants.h"

namespace carp::sim {
namespace {

using proto::State;

class Agreement final : public Invariant {
 public:
  explicit Agreement(World& world) : world_(world) {}

  void on_settled() override {
    for (size_t group = 0; group < world_.scenario().groups.size(); ++group) judge(group);
    settled_ = true;
  }

  void on_change(const VhostChange& change) override {
    if (settled_)
      world_.broken("host " + std::to_string(change.host.id()) + " changes " + change.name + " (" +
                    std::string(to_string(change.reason)) + ") though nothing happens");
  }

 private:
  void judge(size_t group) const {
    const std::string name = "carp" + std::to_string(group);
    std::string masters;
    size_t master_count = 0;
    size_t runs = 0;
    const Appliance* master = nullptr;
    for (const auto& peer : world_.peers()) {
      if (peer->plan().group != group || !peer->is_on()) continue;
      ++runs;
      if (!peer->is_master()) continue;
      ++master_count;
      masters += " foreign " + std::to_string(peer->id());
    }
    for (const auto& host : world_.hosts()) {
      const control::VhostEntry* entry = host->is_on() ? host->engine().find_vhost(name) : nullptr;
      if (entry == nullptr || !entry->runs()) continue;
      ++runs;
      if (!entry->is_master()) continue;
      ++master_count;
      master = host.get();
      masters += " host " + std::to_string(host->id());
    }
    if (master_count != (runs == 0 ? 0 : 1))
      world_.broken(name + ": " + std::to_string(runs) + " run it, " +
                    std::to_string(master_count) + " are MASTER:" + masters);
    if (master != nullptr && master_count == 1) judge_preferred(name, *master);
  }

  // With preempt nobody stays BACKUP of a slower host (C72).
  void judge_preferred(const std::string& name, const Appliance& master) const {
    const Duration theirs = pace_of(master, *master.engine().find_vhost(name));
    for (const auto& host : world_.hosts()) {
      const control::VhostEntry* entry = host->is_on() ? host->engine().find_vhost(name) : nullptr;
      if (entry == nullptr || !entry->runs() || !host->engine().config().sysctl.preempt) continue;
      if (entry->stays_back) continue;  // it handed over (I3.5)
      if (pace_of(*host, *entry) < theirs)
        world_.broken(name + ": host " + std::to_string(host->id()) +
                      " has preempt and is faster than MASTER host " + std::to_string(master.id()));
    }
  }

  [[nodiscard]] static Duration pace_of(const Appliance& host, const control::VhostEntry& entry) {
    return proto::election_time(proto::effective_pace(entry.vhost, host.engine().demotion().any()));
  }

  World& world_;
  bool settled_ = false;
};

}  // namespace

std::unique_ptr<Invariant> agreement(World& world) { return std::make_unique<Agreement>(world); }

std::vector<std::unique_ptr<Invariant>> all_invariants(World& world) {
  std::vector<std::unique_ptr<Invariant>> all;
  all.push_back(order_in_the_engine(world));
  all.push_back(silence_of_others(world));
  all.push_back(causes_of_takeover(world));
  all.push_back(one_master(world));
  all.push_back(refusals(world));
  all.push_back(one_answer(world));
  all.push_back(membership_told(world));
  all.push_back(planned_work(world));
  all.push_back(agreement(world));
  return all;
}

}  // namespace carp::sim
