// SPDX-License-Identifier: BSD-3-Clause
//
// What people and programs want of a simulated host: its carp.ini, lines that are typed, the disk
// and the health check.
#include <algorithm>
#include <map>

#include "lib/control/reconfigure_engine.h"
#include "lib/proto/key.h"
#include "tests/sim/appliance.h"

namespace carp::sim {
namespace {

using std::chrono::milliseconds;

constexpr Duration kCheckAtMost = milliseconds(200);  // a run of the health check

// By name: a virtual host that was made anew has another lease (they are reused as late as can be).
[[nodiscard]] std::map<std::string, uint16_t> leases_of(const control::Engine& engine) {
  std::map<std::string, uint16_t> leases;
  for (const auto& entry : engine.vhosts()) leases[entry->config.name] = entry->lease;
  return leases;
}

}  // namespace

// As its carp.ini is now.
control::Config Appliance::config() const {
  const Scenario& scenario = world_.scenario();
  control::Config config;
  config.sysctl = {.preempt = plan_.preempt, .log = 2, .arpbalance = scenario.arpbalance};
  config.global.startup_hold = plan_.startup_hold;
  config.global.preempt_delay = plan_.preempt_delay;
  for (size_t lan = 0; lan < scenario.lans; ++lan) {
    control::InterfaceConfig interface;
    interface.name = "lan" + std::to_string(lan);
    interface.port = "port" + std::to_string(scenario.rename);
    interface.addresses = {address_on(lan, 10 + id_)};
    interface.link_hold = plan_.link_hold;
    config.interfaces.push_back(std::move(interface));
  }
  for (size_t i = 0; i < scenario.groups.size(); ++i) {
    const GroupPlan& group = scenario.groups[i];
    if (group.skews[id_] == kAbsent) continue;
    proto::VhostConfig vhost;
    vhost.name = "carp" + std::to_string(i);
    vhost.interface = "lan" + std::to_string(group.lan);
    vhost.vhid = group.vhid;
    vhost.pace = {group.advbase, group.skews[id_]};
    vhost.key = proto::key_from_pass("testpass");
    for (const uint8_t octet : group.addresses)
      vhost.addresses.push_back(address_on(group.lan, octet));
    config.vhosts.push_back(std::move(vhost));
  }
  return config;
}

void Appliance::type(const std::string& line) {
  if (!is_on()) return;
  run_->typed.push_back(line);
  wake_by(world_.now());
}

void Appliance::execute(const std::string& line, TimePoint now) {
  typed_at_ = world_.now();
  control::Engine& engine = run_->engine;
  const auto leases = leases_of(engine);
  const control::Counters counters = engine.counters().by_key();
  const control::Reply reply =
      run_->commands.execute(line, control::Access::change, run_->view, now, run_->out);
  do_jobs(now);
  world_.trace().line(world_.now() - world_.start(), [&] {
    return "host " + std::to_string(id_) + "> " + line + "  " + reply.text;
  });
  // One that was made anew goes on from what this host knew (D11 rule 5).
  for (const auto& [name, lease] : leases_of(engine)) {
    const auto before = leases.find(name);
    if (before != leases.end() && before->second == lease) continue;
    const proto::VhostConfig& config = engine.find_vhost(name)->config;
    const std::string key = control::counter_key(config.interface, config.vhid);
    const auto known = counters.find(key);
    if (known != counters.end()) floors_[key] = known->second;
  }
  follow_pace();
}

// The disk answers at once.
void Appliance::do_jobs(TimePoint now) {
  if (run_->jobs.take())
    run_->jobs.finish(
        control::reload_engine(run_->engine, "carp.ini", {config(), {}, {}}, now, run_->out));
}

}  // namespace carp::sim
