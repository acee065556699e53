// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <set>

#include "tests/sim/appliance.h"
#include "tests/sim/invariants.h"

namespace carp::sim {
namespace {

using proto::Reason;
using proto::State;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Workers confirm within 5 ms that we are silent (D22); passes and tables of both hosts.
constexpr Duration kToHandOver = milliseconds(20);
constexpr Duration kLate = seconds(1);  // of a health check, beside its own times

class PlannedWork final : public Invariant {
 public:
  explicit PlannedWork(World& world) : world_(world), strict_(world.scenario().is_planned_work) {}

  void on_boot(const Appliance& host) override {
    std::erase_if(staying_back_, [&](const auto& key) { return key.first == host.id(); });
  }

  // From the first host that has the new password or addresses until the old ones are forgotten.
  void on_fault(const Fault& fault) override {
    if (strict_ && fault.kind == FaultKind::rekey)
      rekeyed_until_ =
          world_.now() + fault.lasts + 2 * Duration(world_.scenario().transition) + seconds(1);
  }

  void on_change(const VhostChange& change) override {
    if (world_.now() < rekeyed_until_)
      world_.broken(name(change) + " changes its state for a new password (I2.13)");
    judge_staying_back(change);
    if (strict_ && change.from == State::master &&
        (change.reason == Reason::switchover || change.reason == Reason::maintenance))
      expect_successor(change);
  }

  void on_step(const Appliance& host) override {
    const auto& causes = host.engine().demotion().causes();
    const auto has = [&](const char* cause) {
      return std::ranges::find(causes, cause, &proto::Demotion::Cause::name) != causes.end();
    };
    if (has(control::kMaintenanceCause) != host.maintenance_said())
      world_.broken("host " + std::to_string(host.id()) +
                    (host.maintenance_said() ? " forgot its maintenance" : " is in maintenance"));
    const CheckPlan& check = world_.scenario().nodes[host.id()].check;
    const TimePoint since = std::max(host.running_since(), host.service_since());
    if (check.interval == seconds(0) || since == proto::kNever) return;
    const Duration waited = host.clock(world_.now()) - host.clock(since);
    const bool fails = host.service_fails();
    const Duration in_time = check.interval * ((fails ? check.fall : check.rise) + 1) + kLate;
    if (waited > in_time && has("track service") != fails)
      world_.broken("host " + std::to_string(host.id()) +
                    (fails ? " is not demoted though its service fails"
                           : " is demoted though its service works"));
  }

  // Neither two answer nor nobody, for what all have; for what comes or goes not two.
  void on_asked(const Asked& asked) override {
    if (asked.at >= rekeyed_until_ || asked.echo_to) return;
    const size_t most = asked.answers.size();
    const bool stays = (asked.address.value & 0xff) < kAddedOctets;
    if (most > 1 || (stays && most < 1 && is_shared(asked)))
      world_.broken("client " + net::to_string(asked.own) + " asks for " +
                    net::to_string(asked.address) + " while hosts get a new password, and " +
                    std::to_string(most) + " answer");
  }

 private:
  [[nodiscard]] static std::string name(const VhostChange& change) {
    return "host " + std::to_string(change.host.id()) + ", " + change.name;
  }

  // Who handed over by `switchover` does not take that back for being the better one (I3.5).
  void judge_staying_back(const VhostChange& change) {
    const std::pair key{change.host.id(), change.name};
    if (change.to == State::master && change.reason == Reason::preempting &&
        staying_back_.contains(key))
      world_.broken(name(change) + " preempts the one to whom it handed over");
    if (change.to != State::backup) staying_back_.erase(key);
    if (change.reason == Reason::switchover) staying_back_.insert(key);
  }

  // Nothing is lost and nobody stalls: whoever is BACKUP hears the goodbye and takes over at once.
  void expect_successor(const VhostChange& change) {
    const auto is_there = [&](const auto& host) {
      const control::VhostEntry* entry = entry_on(*host, change.name);
      return host->id() != change.host.id() && entry != nullptr &&
             entry->vhost.state == State::backup;
    };
    if (std::ranges::none_of(world_.hosts(), is_there)) return;
    const Duration in_time = 2 * world_.wire(change.lan).delay_max() + 2 * kToHandOver;
    world_.schedule().after(in_time, [this, what = name(change), vhost = change.name] {
      for (const auto& host : world_.hosts()) {
        const control::VhostEntry* entry = entry_on(*host, vhost);
        if (entry != nullptr && host->serves(*entry)) return;
      }
      world_.broken(what + " was handed over and nobody serves it");
    });
  }

  [[nodiscard]] static const control::VhostEntry* entry_on(const Appliance& host,
                                                           const std::string& vhost) {
    return host.is_on() ? host.engine().find_vhost(vhost) : nullptr;
  }

  [[nodiscard]] bool is_shared(const Asked& asked) const {
    for (const auto& host : world_.hosts()) {
      if (!host->is_on()) continue;
      for (const auto& entry : host->engine().vhosts())
        for (const net::Ipv4Prefix& shared : entry->sets.addresses())
          if (entry->interface == asked.lan && shared.address == asked.address) return true;
    }
    return false;
  }

  World& world_;
  bool strict_;
  TimePoint rekeyed_until_ = TimePoint::min();
  std::set<std::pair<StationId, std::string>> staying_back_;
};

}  // namespace

std::unique_ptr<Invariant> planned_work(World& world) {
  return std::make_unique<PlannedWork>(world);
}

}  // namespace carp::sim
