// SPDX-License-Identifier: BSD-3-Clause
//
// All decisions of an appliance as one program without I/O: frames, link states, polls, operator
// changes and the time go in, an Outbox comes out. The loop feeds it on control's thread; the
// simulator feeds the same engine with virtual time.
//
// A pass of its caller reads downwards:
//   begin_pass(now)                     the clock
//   on_poll, on_link, on_applied,       what the ports and workers did
//   on_transmitted
//   on_advert_frame, on_conflict_frame, what was heard
//   on_query_frame
//   operator changes
//   advance(now, outbox)                timers, the steps of D22, at most one new table
// Pure: no clock, no socket, no thread. Control only.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "lib/control/agenda.h"
#include "lib/control/config.h"
#include "lib/control/counter_list.h"
#include "lib/control/digest_clue.h"
#include "lib/control/engine_start.h"
#include "lib/control/flight_log.h"
#include "lib/control/history.h"
#include "lib/control/interface_entry.h"
#include "lib/control/log_limiter.h"
#include "lib/control/outbox.h"
#include "lib/control/peers.h"
#include "lib/control/port_watch.h"
#include "lib/control/sharers.h"
#include "lib/control/statistics.h"
#include "lib/control/vhost_entry.h"
#include "lib/proto/demotion.h"

namespace carp::control {

// Workers confirm a table within this time, or are not waited for (D22).
inline constexpr proto::Duration kConfirmAtMost = std::chrono::milliseconds(5);

// So many virtual hosts speak in one pass: what all have to say at once must not overrun the rings
// of ports and peers. Each counts its interval from when it spoke, so that next time their turns
// come one after the other by themselves.
inline constexpr size_t kSpeakersAPass = 32;

// As `show demotion` names it.
inline constexpr const char* kMaintenanceCause = "maintenance";

enum class Transmitted : uint8_t { ok, failed, no_buffer };

class Engine {
 public:
  explicit Engine(EngineStart start);

  // --- the shell's reports ---
  void begin_pass(proto::TimePoint now, Outbox& out);
  // All workers that own receive queues of `port` have polled since the last call.
  void on_poll(dataplane::PortId port, proto::TimePoint now);
  void on_link(dataplane::PortId port, bool up, proto::TimePoint now, Outbox& out);
  // All live workers answer by this table or a later one.
  void on_applied(uint64_t generation);
  void on_transmitted(SendToken token, Transmitted how, proto::TimePoint now, Outbox& out);
  // Control did not run for so long that what it had to send is old news; it was not sent.
  void on_held_up(size_t frames, proto::TimePoint now);

  // --- frames that workers punted ---
  void on_advert_frame(dataplane::PortId port, net::ConstBytes frame, proto::TimePoint now,
                       Outbox& out);
  void on_conflict_frame(dataplane::PortId port, net::ConstBytes frame, proto::TimePoint now,
                         Outbox& out);
  void on_query_frame(dataplane::PortId port, net::ConstBytes frame, proto::TimePoint now);

  // --- time ---
  void advance(proto::TimePoint now, Outbox& out);
  // The latest moment at which advance wants to be called again; TimePoint::min() for at once.
  [[nodiscard]] proto::TimePoint next_deadline() const;

  // --- changes; validated before (control/change) ---
  // Creates the virtual host of that name or changes it into `config`, and nothing else of it.
  void set_vhost(const proto::VhostConfig& config, dataplane::InterfaceIndex interface,
                 proto::TimePoint now, Outbox& out);
  void remove_vhost(const std::string& name, proto::TimePoint now, Outbox& out);
  void set_operator_state(const std::string& name, proto::State wanted, proto::TimePoint now,
                          Outbox& out);
  void set_sysctl(const Sysctl& sysctl, proto::TimePoint now, Outbox& out);
  // Own addresses and link_hold of the interface of that name; nothing else of it can change.
  void set_interface(const InterfaceConfig& config, proto::TimePoint now);
  // But for state_dir, which is the shell's.
  void set_global(const GlobalConfig& global, proto::TimePoint now);
  void set_hooks(const HooksConfig& hooks) { config_.hooks = hooks; }
  // The shell runs them and tells what comes of them by set_host_cause.
  void set_tracks(const std::vector<TrackConfig>& tracks) { config_.tracks = tracks; }
  // A cause of demotion of the whole host: there with that amount, or gone.
  void set_host_cause(const std::string& cause, std::optional<int> amount, proto::TimePoint now);
  // Hands over to whoever takes it, a worse host too, and does not preempt that one until it has
  // been MASTER again. Requires: it is MASTER.
  void switch_over(const std::string& name, proto::TimePoint now, Outbox& out);
  // Demotes the host and hands over what it is MASTER of; or takes the demotion back. Asked for
  // again it hands over again. Where nobody takes over, master down brings the host back, demoted.
  void set_maintenance(bool on, proto::TimePoint now, Outbox& out);
  void adjust_demotion(int amount, proto::TimePoint now, Outbox& out);
  // Stops all virtual hosts; has_stopped() once every bow out was handed to its port.
  void stop(proto::TimePoint now, Outbox& out);
  [[nodiscard]] bool has_stopped() const;

  // --- what `show` tells ---
  // As it is now, but for the virtual hosts: those are vhosts().
  [[nodiscard]] const Config& config() const noexcept { return config_; }
  [[nodiscard]] const std::vector<InterfaceEntry>& interfaces() const noexcept {
    return interfaces_;
  }
  [[nodiscard]] const std::vector<std::unique_ptr<VhostEntry>>& vhosts() const noexcept {
    return vhosts_;
  }
  [[nodiscard]] const VhostEntry* find_vhost(std::string_view name) const noexcept;
  // How many more virtual hosts set_vhost may make: kMaxVhosts less those that are here or still
  // departing.
  [[nodiscard]] size_t room() const noexcept { return free_leases_.size(); }
  [[nodiscard]] bool has_room() const noexcept { return room() > 0; }
  // C68; Reason::none where it may run.
  [[nodiscard]] proto::Reason why_not_running(const VhostEntry& entry) const;
  // From which a virtual host advertises. Requires: it has an interface and an address.
  [[nodiscard]] net::Ipv4Address own_address(const VhostEntry& entry) const;
  [[nodiscard]] const Peers& peers() const noexcept { return peers_; }
  [[nodiscard]] const History& history() const noexcept { return history_; }
  // Whoever writes its dumps takes them from there.
  [[nodiscard]] FlightLog& flight_log() noexcept { return flight_log_; }
  [[nodiscard]] const Statistics& statistics() const noexcept { return statistics_; }
  [[nodiscard]] const IgmpStatistics& igmp_statistics() const noexcept { return igmp_statistics_; }
  [[nodiscard]] const proto::Demotion& demotion() const noexcept { return demotion_; }
  [[nodiscard]] bool in_maintenance() const noexcept { return in_maintenance_; }
  [[nodiscard]] uint64_t generation() const noexcept { return generation_; }
  [[nodiscard]] uint64_t unix_us(proto::TimePoint now) const noexcept;
  // For the state folder (D11 rule 5).
  [[nodiscard]] CounterList counters() const;

 private:
  using Entry = VhostEntry;

  // engine.cc: what the ports did, and what carries out a step
  [[nodiscard]] proto::Circumstances circumstances(proto::TimePoint now) const;
  void refresh_conditions(Entry& entry, proto::TimePoint now, Outbox& out);
  void refresh_entry(Entry& entry, proto::TimePoint now, Outbox& out);
  void refresh_interface(InterfaceEntry& interface, proto::TimePoint now, Outbox& out);
  void set_cause(const std::string& cause, const Entry& entry, bool present, proto::TimePoint now);
  void carry_out(Entry& entry, const proto::Actions& actions, proto::TimePoint now, Outbox& out);
  void open_steps(Entry& entry, const proto::Actions& actions, proto::TimePoint now);
  void note_change(Entry& entry, const proto::Actions& actions, proto::TimePoint now, Outbox& out);
  void tell_hooks(Entry& entry, Outbox& out);
  void log_tie(Entry& entry, proto::TimePoint now, Outbox& out);
  void set_stall_limits();

  // engine_timers.cc
  void end_holds(proto::TimePoint now, Outbox& out);
  void tell_demotion(proto::TimePoint now);
  void record(dataplane::InterfaceIndex interface, net::ConstBytes frame, FlightLog::Words words,
              proto::TimePoint now);
  [[nodiscard]] proto::TimePoint due_of(const Entry& entry) const;
  void plan(const Entry& entry) { agenda_.set(entry.lease, due_of(entry)); }
  void run_timers(Entry& entry, proto::TimePoint now, Outbox& out);
  [[nodiscard]] bool is_due(const std::optional<OpenStep>& step, proto::TimePoint now) const;
  [[nodiscard]] bool advert_is_due(const Entry& entry, proto::TimePoint now) const;
  [[nodiscard]] bool may_time_out(const Entry& entry, proto::TimePoint now) const;
  void stand_in_line(Entry& entry, proto::TimePoint now);
  void speak(Entry& entry, proto::TimePoint now, Outbox& out);
  void forget_departed();
  void keep_counter(const Entry& entry);

  // engine_change.cc
  // Those of an interface, ascending by vhid.
  [[nodiscard]] std::span<const std::unique_ptr<Entry>> vhosts_on(
      dataplane::InterfaceIndex interface) const;
  void hand_over(Entry& entry, proto::Reason why, proto::TimePoint now, Outbox& out);
  Entry& create_entry(const proto::VhostConfig& config, dataplane::InterfaceIndex interface,
                      proto::TimePoint now);
  void adopt(Entry& entry, const proto::VhostConfig& config, bool is_new, proto::TimePoint now,
             Outbox& out);
  [[nodiscard]] Entry* find(std::string_view name) noexcept;

  // engine_transition.cc
  void change_set(Entry& entry, proto::TimePoint now, Outbox& out);
  void switch_set(Entry& entry, const std::string& why, proto::TimePoint now, Outbox& out);
  void run_transition(Entry& entry, proto::TimePoint now, Outbox& out);
  void follow_addresses(Entry& entry, std::span<const net::Ipv4Prefix> before,
                        proto::TimePoint now);

  // engine_receive.cc
  [[nodiscard]] InterfaceEntry* interface_of(dataplane::PortId port, net::ConstBytes frame);
  void refuse(const InterfaceEntry& interface, net::ConstBytes frame, proto::Refusal refusal,
              proto::TimePoint now, Outbox& out);
  [[nodiscard]] std::optional<proto::Refusal> judge(Entry& entry, const proto::Advert& advert,
                                                    proto::TimePoint now, Outbox& out);
  void log_bad(std::string_view name, const std::string& details, proto::TimePoint now,
               Outbox& out);
  void leave_step(Entry& entry, proto::TimePoint now);
  [[nodiscard]] proto::Duration jitter(proto::Duration at_most);
  void hear(Entry& entry, const proto::Advert& advert, proto::TimePoint now, Outbox& out);
  void hear_for_slot(Entry& entry, const proto::Advert& advert, proto::TimePoint now);
  void log_own_address_twice(const Entry& entry, proto::TimePoint now, Outbox& out);

  // engine_peers.cc: who is heard, in words
  struct RefusedAs {
    std::optional<uint8_t> vhid;
    std::string cause;
  };
  RefusedAs note_refused(const InterfaceEntry& interface, net::ConstBytes frame,
                         proto::Refusal refusal, proto::TimePoint now);
  void explain(Peer& peer, const InterfaceEntry& interface, net::ConstBytes frame,
               proto::TimePoint now);
  [[nodiscard]] DigestHints hints_for(const InterfaceEntry& interface, const Peer& peer) const;
  void note_peer(const Entry& entry, const proto::Advert& advert, proto::TimePoint now);
  [[nodiscard]] std::optional<uint64_t> unheeded_since(const Entry& entry,
                                                       const proto::Advert& advert,
                                                       proto::TimePoint now) const;

  // engine_send.cc
  enum class Speech : uint8_t { advert, last_word, bow_out };
  [[nodiscard]] static std::string_view kind_of(Speech speech);
  void send_advert(Entry& entry, Speech speech, proto::TimePoint now, Outbox& out);
  void judge_send_errors(Entry& entry, proto::TimePoint now);
  void update_lease(const Entry& entry, Outbox& out);
  void tell_counter(const Entry& entry, Outbox& out);
  void queue_announcements(const Entry& entry);
  void drop_announcements(const Entry& entry);
  void reannounce(Entry& entry, proto::TimePoint now);
  void send_announcements(InterfaceEntry& interface, proto::TimePoint now, Outbox& out);

  // engine_membership.cc
  void follow_link(InterfaceEntry& interface, proto::TimePoint now);
  void tell_memberships(proto::TimePoint now, Outbox& out);
  void leave_groups(proto::TimePoint now, Outbox& out);
  void report(const InterfaceEntry& interface, proto::Word word, proto::TimePoint now, Outbox& out);

  // engine_table.cc
  void make_table(proto::TimePoint now, Outbox& out);
  [[nodiscard]] std::unique_ptr<dataplane::ForwardTable> build_table(proto::TimePoint now);
  void add_shared(dataplane::ForwardTable& table, const InterfaceEntry& interface,
                  proto::TimePoint now);
  void want_table(proto::TimePoint now);
  void want_layout(proto::TimePoint now);
  void note_table_change(const Entry& entry, proto::TimePoint now);
  [[nodiscard]] bool is_balanced(const Entry& entry, net::Ipv4Address address) const;

  Config config_;
  std::vector<InterfaceEntry> interfaces_;
  std::map<dataplane::PortId, PortWatch> watches_;
  std::vector<std::unique_ptr<Entry>> vhosts_;     // ascending by interface, vhid
  std::vector<std::unique_ptr<Entry>> departing_;  // removed; their bow out is still to come
  std::vector<Entry*> by_lease_;                   // null: none with that lease
  std::map<std::string, Entry*, std::less<>> by_name_;
  Sharers sharers_;
  Agenda agenda_{dataplane::kMaxVhosts};  // of vhosts_, by lease
  std::vector<uint16_t> due_;             // in a pass: taken from the agenda
  std::deque<Entry*> line_;               // who has something to say, in the order of their turns
  std::deque<uint16_t> free_leases_;      // reused as late as possible
  size_t replay_share_;                   // bytes for one virtual host
  size_t replay_left_;
  const dataplane::LeaseBoard* leases_;
  proto::Demotion demotion_;
  Peers peers_;
  proto::TimePoint explain_from_ = proto::TimePoint::min();  // no digest is tried before
  History history_;
  FlightLog flight_log_;
  Statistics statistics_;
  IgmpStatistics igmp_statistics_;
  LogLimiter limiter_;
  Counters stored_counters_;  // less those that a virtual host here has taken over
  std::mt19937_64 random_;
  proto::Random delays_;  // of membership reports: no part in elections
  uint64_t unix_us_;
  proto::TimePoint started_at_;
  proto::TimePoint last_pass_;
  proto::TimePoint demotion_told_at_ = proto::TimePoint::min();
  uint64_t generation_ = 0;                                // of the last table built
  uint64_t applied_ = 0;                                   // by all live workers
  std::unique_ptr<const dataplane::ForwardTable> layout_;  // the last that was not made of another
  std::optional<proto::TimePoint> table_wanted_since_;
  bool layout_is_stale_ = false;  // of the table: more has changed than who is MASTER
  bool paces_changed_ = true;     // the limits of watches_ go by them
  bool demotion_changed_ = false;
  bool startup_holding_;
  bool in_maintenance_;
  bool stopping_ = false;
};

}  // namespace carp::control
