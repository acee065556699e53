// SPDX-License-Identifier: BSD-3-Clause
//
// One of our hosts: the real engine, the real tables and process(), and around them a control loop
// and one worker a port in virtual time, as lib/control/loop and lib/dpdk/worker make them. It can
// be switched off, stalled, cut off and typed at.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "lib/control/commands.h"
#include "lib/control/tracks.h"
#include "lib/dataplane/process.h"
#include "tests/sim/random.h"
#include "tests/sim/world.h"

namespace carp::sim {

class Appliance {
 public:
  Appliance(World& world, StationId id);

  // --- what happens to it ---
  void boot();
  // Loses what control has not written to the state folder; with `folder`, that too.
  void crash(bool folder);
  void shut_down();
  void set_link(size_t lan, bool up);
  void stall_control(Duration time);
  void stall_worker(size_t lan, Duration time);
  void fail_sends(size_t lan, Duration time, control::Transmitted how);
  void type(const std::string& line);
  // A carp.ini with that password and address list, if it is a later one; and `reload`.
  void get_file(uint32_t number);
  void break_service(bool fails);
  // From the wire.
  void receive(size_t lan, const Packet& packet);

  // --- what invariants look at ---
  [[nodiscard]] StationId id() const noexcept { return id_; }
  [[nodiscard]] bool is_on() const noexcept { return run_ != nullptr; }
  // Requires: is_on().
  [[nodiscard]] const control::Engine& engine() const noexcept { return run_->engine; }
  [[nodiscard]] bool has_link(size_t lan) const noexcept { return ports_[lan].link; }
  [[nodiscard]] bool is_stopping() const noexcept { return stopping_; }
  // Control or the worker of the lan does not run now; and since when.
  [[nodiscard]] bool is_stalled(size_t lan) const noexcept;
  [[nodiscard]] TimePoint stalled_since(size_t lan) const noexcept;
  // Since when control runs without a pause.
  [[nodiscard]] TimePoint running_since() const noexcept;
  [[nodiscard]] bool maintenance_said() const noexcept { return maintenance_; }
  [[nodiscard]] bool service_fails() const noexcept { return services_failing_ > 0; }
  [[nodiscard]] TimePoint service_since() const noexcept { return service_since_; }
  // The advertisement that control judges at this moment; null: none.
  [[nodiscard]] const proto::Advert* hearing() const noexcept { return hearing_; }
  // Time from `since` to now in which control and the worker of the lan ran; pauses shorter than
  // `pause` count as running.
  [[nodiscard]] Duration listened(size_t lan, TimePoint since, Duration pause) const;
  // Since when control and the worker of the lan run without a pause, with link.
  [[nodiscard]] TimePoint able_since(size_t lan) const noexcept;
  // By the worker's table and the lease: it would answer as MASTER now.
  [[nodiscard]] bool serves(const control::VhostEntry& entry) const;
  // Its own clock, which may be fast or slow.
  [[nodiscard]] TimePoint clock(TimePoint at) const noexcept;
  // The counter with which it began, in this run (D11 rule 5); 0: none.
  [[nodiscard]] uint64_t floor(const control::VhostEntry& entry) const;
  // Number of the run; grows with every boot.
  [[nodiscard]] unsigned boots() const noexcept { return boots_; }

 private:
  struct Worker {
    std::shared_ptr<const dataplane::ForwardTable> table;
    std::deque<Packet> queue;  // while stalled
  };
  struct Punt {
    size_t lan = 0;
    dataplane::Reason reason = dataplane::Reason::advert;
    Packet packet;
  };
  // All that a crash takes away.
  struct Run {
    explicit Run(control::EngineStart start)
        : engine((start.leases = &leases, std::move(start))), commands(engine, jobs) {}
    dataplane::LeaseBoard leases;
    control::Engine engine;
    control::ConfigJobs jobs;
    control::Commands commands;
    control::RuntimeView view;
    control::Outbox out;
    std::shared_ptr<const dataplane::ForwardTable> newest;
    std::vector<Worker> workers;
    std::vector<Punt> punts;
    std::vector<std::string> typed;
    std::vector<control::Reply> open;  // lines that wait
    control::Tracks tracks;
    std::vector<bool> check_results;  // successes, oldest first
    size_t changes_seen = 0;
    bool stop_told = false;

    [[nodiscard]] bool has_news() const noexcept {
      return !out.leases.empty() || !out.frames.empty() || out.table != nullptr;
    }
  };
  struct Port {
    bool link = true;
    bool link_told = false;  // what control believes
    TimePoint tell_link_at = TimePoint::min();
    TimePoint link_since = TimePoint::min();
    TimePoint worker_until = TimePoint::min();  // stalled
    TimePoint sends_fail_until = TimePoint::min();
    control::Transmitted failure = control::Transmitted::failed;
  };

  [[nodiscard]] control::EngineStart start_values() const;
  [[nodiscard]] dataplane::Ticks ticks() const noexcept;
  void wake_by(TimePoint when);
  void wake_soon();
  void follow_pace();
  [[nodiscard]] bool worker_is_stalled(size_t lan) const;

  // appliance_console.cc
  [[nodiscard]] control::Config config() const;
  void execute(const std::string& line, TimePoint now);
  void do_jobs(TimePoint now);
  void answer_open(TimePoint now);
  void run_checks(TimePoint now);

  // appliance_pass.cc
  void pass();
  void plan_next_pass();
  void power_off();
  void report_workers(TimePoint now);
  void report_links(TimePoint now);
  void hear(const Punt& punt);
  void hear_query(const Punt& punt, TimePoint now);
  void flush();
  void transmit(const control::OutFrame& frame);
  void put_on_wire(size_t lan, const net::Frame& bytes);
  void adopt(size_t lan);
  void resume(size_t lan);
  void work(size_t lan, const Packet& packet);
  void tell_changes();
  void save_counters();
  // carpN is the N-th group.
  [[nodiscard]] const GroupPlan& group_of(const std::string& name) const {
    return world_.scenario().groups[std::stoul(name.substr(4))];
  }
  [[nodiscard]] uint64_t refusals() const;
  [[nodiscard]] uint64_t state_hash() const;
  [[nodiscard]] bool allows() const { return run_->engine.config().sysctl.allow; }

  World& world_;
  StationId id_;
  const NodePlan& plan_;
  Random random_;
  std::vector<Port> ports_;
  std::unique_ptr<Run> run_;
  unsigned boots_ = 0;
  TimePoint booted_at_;
  TimePoint control_until_ = TimePoint::min();  // stalled
  TimePoint wake_at_ = proto::kNever;
  TimePoint typed_at_ = TimePoint::min();
  Duration tick_{0};
  std::map<std::string, uint64_t> folder_;  // counters, by counter_key
  std::map<std::string, uint64_t> floors_;
  bool maintenance_ = false;  // as the state folder has it
  uint32_t file_ = 0;         // number of password and address list
  int services_failing_ = 0;  // failures that go on
  TimePoint service_since_ = TimePoint::min();
  TimePoint save_at_;
  const proto::Advert* hearing_ = nullptr;
  bool stopping_ = false;
  bool boots_again_ = false;  // asked for while it was still stopping
  // When control, or a worker, did not run; oldest first.
  struct Pause {
    size_t lan;  // kControl: control
    TimePoint from;
    TimePoint until;
  };
  static constexpr size_t kControl = ~size_t{0};
  std::vector<Pause> pauses_;
};

}  // namespace carp::sim
