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

constexpr const char* kService = "service";           // what the health check is called
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
  config.global.transition = scenario.transition;
  if (plan_.check.interval > std::chrono::seconds(0))
    config.tracks.push_back({.name = kService,
                             .command = "true",
                             .interval = plan_.check.interval,
                             .rise = plan_.check.rise,
                             .fall = plan_.check.fall,
                             .demotion = plan_.check.demotion});
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
    vhost.key = proto::key_from_pass(file_ == 0 ? "testpass" : "pass" + std::to_string(file_));
    for (const uint8_t octet : group.addresses)
      vhost.addresses.push_back(address_on(group.lan, octet));
    if (file_ % 2 == 1) vhost.addresses.push_back(address_on(group.lan, kAddedOctets + i));
    config.vhosts.push_back(std::move(vhost));
  }
  return config;
}

void Appliance::type(const std::string& line) {
  if (!is_on()) return;
  run_->typed.push_back(line);
  wake_by(world_.now());
}

void Appliance::get_file(uint32_t number) {
  file_ = std::max(file_, number);
  type("reload");
}

void Appliance::break_service(bool fails) {
  services_failing_ += fails ? 1 : -1;
  service_since_ = world_.now();
}

void Appliance::execute(const std::string& line, TimePoint now) {
  typed_at_ = world_.now();
  control::Engine& engine = run_->engine;
  const auto leases = leases_of(engine);
  const control::Counters counters = engine.counters().by_key();
  const control::Reply reply =
      run_->commands.execute(line, control::Access::change, run_->view, now, run_->out);
  do_jobs(now);
  if (reply.waiting) run_->open.push_back(reply);
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
  const auto job = run_->jobs.take();
  if (job == nullptr) return;
  if (job->kind == control::JobKind::maintenance) {
    maintenance_ = job->maintenance;
    return run_->jobs.finish({});
  }
  run_->jobs.finish(
      control::reload_engine(run_->engine, "carp.ini", {config(), {}, {}}, now, run_->out));
}

void Appliance::answer_open(TimePoint now) {
  run_->commands.poll(now);
  std::erase_if(run_->open, [&](const control::Reply& reply) {
    if (!reply.waiting->is_over()) return false;
    const control::Reply last =
        run_->commands.resume(*reply.waiting, control::Access::change, run_->view, now, run_->out);
    world_.trace().line(world_.now() - world_.start(),
                        [&] { return "host " + std::to_string(id_) + "> answers " + last.text; });
    return true;
  });
}

// As lib/control/programs does; the program is the service, and a little time.
void Appliance::run_checks(TimePoint now) {
  for (const bool success : std::exchange(run_->check_results, {})) {
    const auto failing = run_->tracks.on_ended(kService, success, now);
    if (!failing) continue;
    run_->engine.set_host_cause(std::string("track ") + kService,
                                *failing ? std::optional(plan_.check.demotion) : std::nullopt, now);
    world_.trace().line(world_.now() - world_.start(), [&] {
      return "host " + std::to_string(id_) + ": service " + (*failing ? "fails" : "works");
    });
  }
  while (run_->tracks.next(now) != nullptr)
    world_.schedule().after(random_.between(Duration(0), kCheckAtMost), [this, boot = boots_] {
      if (boot != boots_ || !is_on()) return;
      run_->check_results.push_back(!service_fails());
      wake_by(world_.now());
    });
}

}  // namespace carp::sim
