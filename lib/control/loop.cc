// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/loop.h"

#include <algorithm>
#include <cassert>

#include "lib/control/runtime_view_of.h"
#include "lib/dpdk/idle.h"
#include "lib/dpdk/log.h"
#include "lib/dpdk/tsc_clock.h"

namespace carp::control {
namespace {

using proto::TimePoint;

// How long the end waits for the last frames to leave and for hooks (I1.5: exit within a second).
constexpr proto::Duration kGoodbyeAtMost = std::chrono::milliseconds(500);
// A frame that was decided longer ago was held up by a stop of the whole program: it is old news.
constexpr proto::Duration kOldNews = std::chrono::milliseconds(50);

[[nodiscard]] std::vector<dpdk::Mailbox*> mailboxes_of(const dpdk::Runtime& runtime) {
  std::vector<dpdk::Mailbox*> mailboxes;
  for (const auto& mailbox : runtime.mailboxes()) mailboxes.push_back(mailbox.get());
  return mailboxes;
}

[[nodiscard]] std::vector<const dpdk::Worker*> workers_of(const dpdk::Runtime& runtime) {
  std::vector<const dpdk::Worker*> workers;
  for (const auto& worker : runtime.workers()) workers.push_back(worker.get());
  return workers;
}

[[nodiscard]] dpdk::Port& port_of(const dpdk::Runtime& runtime, dataplane::PortId id) {
  const auto ports = runtime.ports();
  const auto place =
      std::find_if(ports.begin(), ports.end(), [&](const auto& port) { return port->id() == id; });
  assert(place != ports.end());
  return **place;
}

[[nodiscard]] ServiceManager::Masters masters_of(const Engine& engine) {
  ServiceManager::Masters masters;
  for (const auto& entry : engine.vhosts()) {
    ++masters.of;
    if (entry->is_master()) ++masters.count;
  }
  return masters;
}

void write_log(const LogLine& line) {
  using dpdk::LogType;
  const LogType type = line.topic == LogTopic::proto ? LogType::proto : LogType::control;
  switch (line.level) {
    case LogLevel::error: return dpdk::log(type, dpdk::LogLevel::error, line.text);
    case LogLevel::warning: return dpdk::log(type, dpdk::LogLevel::warning, line.text);
    case LogLevel::notice: return dpdk::log(type, dpdk::LogLevel::notice, line.text);
    case LogLevel::info: return dpdk::log(type, dpdk::LogLevel::info, line.text);
  }
}

}  // namespace

Loop::Loop(Parts parts)
    : engine_(parts.engine),
      leases_(parts.leases),
      runtime_(parts.runtime),
      host_keeper_(parts.host_keeper),
      inquiries_(parts.inquiries),
      service_manager_(parts.service_manager),
      helper_(parts.helper),
      flight_recorder_(parts.state_dir, parts.helper),
      state_file_(std::move(parts.state_dir), parts.helper),
      versions_(std::move(parts.versions)),
      notes_(std::move(parts.notes)),
      job_runner_(jobs_, engine_, parts.helper, std::move(parts.config_file)),
      programs_(engine_, parts.runner),
      commands_(engine_, jobs_),
      publisher_(mailboxes_of(runtime_), workers_of(runtime_)),
      heartbeats_(workers_of(runtime_)),
      link_monitor_(runtime_),
      punt_reader_(runtime_, engine_),
      console_(parts.console,
               {.execute = [this](std::string_view line,
                                  Access access) { return execute(line, access); },
                .resume = [this](const Waiting& waiting,
                                 Access access) { return resume(waiting, access); },
                .complete = [this](std::string_view before) { return commands_.complete(before); }},
               std::move(parts.console_password), [this](const std::string& line) {
                 out_.log.push_back({LogTopic::control, LogLevel::warning, line});
               }) {
  follow_config();
}

void Loop::run(Requests& requests) {
  dpdk::sleep_exactly();
  while (!engine_.has_stopped()) {
    pass(requests);
    wait();
  }
  inquiries_.close();
  finish();
  // A save of counters that has just begun would be in the way of the last dump, and of its like.
  helper_.settle();
  flight_recorder_.finish(engine_.flight_log(), dpdk::boot_now());
}

// Goodbyes that go by way of a worker have left before the workers stop, and the hooks of the last
// changes get what time there is.
void Loop::finish() {
  const TimePoint latest = dpdk::boot_now() + kGoodbyeAtMost;
  for (TimePoint now = dpdk::boot_now(); now < latest; now = dpdk::boot_now()) {
    collect_sent(now);
    programs_.poll(now, out_);
    flush();
    if (runtime_.transmitter().is_idle() && programs_.has_told_all()) return;
    dpdk::sleep_for(dpdk::kControlPauseMin);
  }
  programs_.give_up(out_);
  flush();
}

void Loop::wait() const {
  if (punt_reader_.has_more()) return;
  const TimePoint now = dpdk::boot_now();
  // While workers take a new table, peers wait for the word that follows it (D22).
  const bool may_sleep = engine_.config().workers.idle == Idle::sleep && now >= switching_until_;
  dpdk::sleep_for(dpdk::control_pause(now, engine_.next_deadline(),
                                      may_sleep ? longest_sleep_ : dpdk::kControlPause));
}

// What runs may be configured otherwise: the virtual host that advertises most often says how long
// all may sleep.
void Loop::follow_config() {
  proto::Duration shortest = proto::Duration::max();
  for (const auto& entry : engine_.vhosts())
    shortest = std::min(shortest, proto::advert_interval(entry->config.pace));
  longest_sleep_ = dpdk::longest_sleep(shortest);
  punt_reader_.set_gap(shortest / 4);  // from there on deadlines are moved (D4 rule 3)
  for (const auto& worker : runtime_.workers()) worker->set_longest_sleep(longest_sleep_);
  programs_.follow(dpdk::boot_now(), out_);
}

// Everything that happened is told before anything is decided by time (D4 rule 3).
void Loop::pass(Requests& requests) {
  const TimePoint now = dpdk::boot_now();
  engine_.begin_pass(now, out_);
  heartbeats_.observe(engine_, now);
  link_monitor_.poll(engine_, now, out_);
  publisher_.collect();
  engine_.on_applied(publisher_.applied_generation());
  collect_sent(now);
  punt_reader_.read(now, out_);
  console_.poll();
  if (requests.stop || commands_.shutdown_wanted()) {
    if (!std::exchange(stopping_, true)) engine_.stop(dpdk::boot_now(), out_);
  }
  if (!stopping_) run_jobs(requests, dpdk::boot_now());
  programs_.poll(now, out_);
  commands_.poll(now);
  decided_at_ = dpdk::boot_now();
  engine_.advance(decided_at_, out_);
  tell_service_manager(decided_at_);
  flush();
  if (inquiries_.is_waiting()) answer_inquiry();
  if (state_file_.is_due(now)) save_counters(now);
  flight_recorder_.poll(engine_.flight_log(), now, out_);
}

void Loop::collect_sent(TimePoint now) {
  runtime_.transmitter().collect([&](dpdk::SendToken token, bool sent) {
    engine_.on_transmitted(token, sent ? Transmitted::ok : Transmitted::failed, now, out_);
  });
}

// A command may take its time to build an answer, so each has its own moment.
Reply Loop::execute(std::string_view line, Access access) {
  const TimePoint now = dpdk::boot_now();
  Reply reply = commands_.execute(line, access, view(now), now, out_);
  follow_config();
  return reply;
}

std::optional<Reply> Loop::resume(const Waiting& waiting, Access access) {
  if (!waiting.is_over()) return std::nullopt;
  const TimePoint now = dpdk::boot_now();
  Reply reply = commands_.resume(waiting, access, view(now), now, out_);
  follow_config();
  return reply;
}

void Loop::answer_inquiry() {
  const TimePoint now = dpdk::boot_now();
  const RuntimeView seen = view(now);
  inquiries_.answer({engine_, seen, now});
}

// A signal that comes while a reload is under way asks for another one after it.
void Loop::run_jobs(Requests& requests, TimePoint now) {
  if (requests.hang_up.exchange(false) && !jobs_.ask({.asker = Asker::signal, .asked_at = now}))
    requests.hang_up = true;
  if (job_runner_.poll(now, out_)) follow_config();
}

// The end of the first pass is the moment in which ports run and the console has answered.
void Loop::tell_service_manager(TimePoint now) {
  using Doing = ServiceManager::Doing;
  const Doing doing = stopping_                    ? Doing::stopping
                      : job_runner_.is_reloading() ? Doing::reloading
                                                   : Doing::running;
  const auto stalled = heartbeats_.stalled_worker(now);
  service_manager_.observe(
      {.doing = doing,
       .stalled_lcore = stalled ? std::optional(runtime_.lcores()[*stalled]) : std::nullopt,
       .masters = [this] { return masters_of(engine_); }},
      now, out_);
}

void Loop::flush() {
  // What the ports say to our frames goes into the next outbox.
  Outbox out = std::exchange(out_, {});
  for (const AcceptMac& accept : out.accept) port_of(runtime_, accept.port).accept(accept.mac);
  for (const LeaseUpdate& lease : out.leases) leases_.set(lease.index, dpdk::ticks_at(lease.until));
  for (const CounterUpdate& last : out.counters) leases_.set_counter(last.index, last.counter);
  if (out.table) {
    publisher_.publish(std::move(out.table), dpdk::ticks_at(out.table_decided_at));
    switching_until_ = decided_at_ + kConfirmAtMost;
  }
  if (dpdk::boot_now() - decided_at_ < kOldNews)
    for (const OutFrame& frame : out.frames) {
      send(frame);
      if (frame.due != proto::kNever) late_adverts_.add(dpdk::boot_now() - frame.due);
    }
  else if (!out.frames.empty())
    engine_.on_held_up(out.frames.size(), decided_at_);
  for (const LogLine& line : out.log) write_log(line);
  programs_.tell(std::move(out.changes));
  if (host_keeper_ != nullptr) tell_keeper();
}

// Whatever changes who is MASTER of what, or an own address, changes the table as well.
void Loop::tell_keeper() {
  std::vector<bool> links;
  for (const InterfaceEntry& interface : engine_.interfaces()) links.push_back(interface.link_up);
  if (engine_.generation() == told_generation_ && links == told_links_) return;
  told_generation_ = engine_.generation();
  told_links_ = std::move(links);
  host_keeper_->want(host_wishes(engine_));
}

void Loop::send(const OutFrame& frame) {
  const auto report = [&](Transmitted how) {
    if (frame.token != 0) engine_.on_transmitted(frame.token, how, decided_at_, out_);
  };
  switch (runtime_.transmitter().send(frame.port, frame.bytes, frame.token)) {
    case dpdk::SendOutcome::sent: return report(Transmitted::ok);
    case dpdk::SendOutcome::queued: return;  // collect_sent will tell
    case dpdk::SendOutcome::no_buffer: return report(Transmitted::no_buffer);
    case dpdk::SendOutcome::refused: return report(Transmitted::failed);
  }
}

void Loop::save_counters(TimePoint now) {
  const std::string error = state_file_.take_error();
  if (!error.empty())
    dpdk::log(dpdk::LogType::control, dpdk::LogLevel::warning, "state_dir: " + error);
  state_file_.save(engine_.counters(), now);
}

RuntimeView Loop::view(TimePoint now) const {
  RuntimeView view = view_of(runtime_, heartbeats_, versions_, now);
  view.late_adverts = late_adverts_;
  view.switch_times = publisher_.switch_times();
  if (host_keeper_ != nullptr) {
    view.host_healed = host_keeper_->healed();
    view.host_settings_refused = host_keeper_->refused();
  }
  view.notes = notes_;
  return view;
}

}  // namespace carp::control
