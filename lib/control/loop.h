// SPDX-License-Identifier: BSD-3-Clause
//
// Control's loop: feeds the engine with what ports, workers, peers and operators did, and carries
// out what it wants. Runs on the main lcore; nothing in a pass blocks.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/control/commands.h"
#include "lib/control/console.h"
#include "lib/control/engine.h"
#include "lib/control/flight_recorder.h"
#include "lib/control/heartbeats.h"
#include "lib/control/histogram.h"
#include "lib/control/host_keeper.h"
#include "lib/control/inquiries.h"
#include "lib/control/job_runner.h"
#include "lib/control/link_monitor.h"
#include "lib/control/programs.h"
#include "lib/control/publisher.h"
#include "lib/control/punt_reader.h"
#include "lib/control/service_manager.h"
#include "lib/control/state_file.h"
#include "lib/dpdk/runtime.h"

namespace carp::control {

// What signals ask for; written by their handlers, read by the loop.
struct Requests {
  std::atomic<bool> stop{false};
  std::atomic<bool> hang_up{false};
};

class Loop {
 public:
  // What the loop works with; all outlives it. `leases` is the board that the engine names in its
  // tables.
  struct Parts {
    Engine& engine;
    dataplane::LeaseBoard& leases;
    dpdk::Runtime& runtime;
    Helper& helper;
    ProgramRunner& runner;
    HostKeeper* host_keeper = nullptr;  // null: no interface has a kernel's beside it
    Inquiries& inquiries;               // which it answers
    ServiceManager& service_manager;
    std::string config_file;            // for reload
    std::string state_dir;              // for the counters
    ControlConfig console;              // whose sockets it opens
    std::string console_password;       // empty: none is asked for
    std::vector<std::string> versions;  // lines of `show version`
    std::vector<std::string> notes;     // there too: what does not work here and why
  };
  // Throws StartError.
  explicit Loop(Parts parts);

  // Passes until somebody asks to stop and every virtual host has said goodbye (I1.5).
  void run(Requests& requests);

 private:
  void pass(Requests& requests);
  void wait() const;
  void finish();
  void follow_config();
  void collect_sent(proto::TimePoint now);
  void save_counters(proto::TimePoint now);
  [[nodiscard]] Reply execute(std::string_view line, Access access);
  [[nodiscard]] std::optional<Reply> resume(const Waiting& waiting, Access access);
  void answer_inquiry();
  void run_jobs(Requests& requests, proto::TimePoint now);
  void tell_keeper();
  void tell_service_manager(proto::TimePoint now);
  [[nodiscard]] RuntimeView view(proto::TimePoint now) const;

  // Carries out what the engine asked for, in the order of D22, and empties the outbox.
  void flush();
  void send(const OutFrame& frame);

  Engine& engine_;
  dataplane::LeaseBoard& leases_;
  dpdk::Runtime& runtime_;
  HostKeeper* host_keeper_;
  Inquiries& inquiries_;
  ServiceManager& service_manager_;
  Helper& helper_;
  FlightRecorder flight_recorder_;
  StateFile state_file_;
  std::vector<std::string> versions_;
  std::vector<std::string> notes_;
  ConfigJobs jobs_;
  JobRunner job_runner_;
  Programs programs_;
  Commands commands_;
  Publisher publisher_;
  Heartbeats heartbeats_;
  LinkMonitor link_monitor_;
  PuntReader punt_reader_;
  Outbox out_;
  proto::TimePoint decided_at_;                                 // of what is in the outbox
  Histogram late_adverts_;                                      // handed over after they were due
  proto::Duration longest_sleep_{};                             // when idle
  uint64_t told_generation_ = 0;                                // to the keeper
  std::vector<bool> told_links_;                                // by interface
  proto::TimePoint switching_until_ = proto::TimePoint::min();  // workers take a new table
  bool stopping_ = false;
  Console console_;  // last: its answers need all the others
};

}  // namespace carp::control
