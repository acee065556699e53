// SPDX-License-Identifier: BSD-3-Clause
//
// The state machine of one virtual host (C67 to C90, D3 to D5, D12): plain data and one function
// an event. A step changes the data and returns what to do; it does nothing itself. Everything a
// step needs to know of the host and the moment is an argument. Pure; control only.
#pragma once

#include <cstdint>
#include <string_view>

#include "lib/proto/interval.h"
#include "lib/proto/time.h"

namespace carp::proto {

enum class State : uint8_t { init, backup, master };  // C67

[[nodiscard]] std::string_view to_string(State state) noexcept;  // INIT, BACKUP, MASTER

// Why a state changed. The texts are FreeBSD's where it has one (C160, I5.2).
enum class Reason : uint8_t {
  none,
  started,           // comes to run (C80, D5)
  master_timed_out,  // master down timer, or an advertisement too slow to keep it (C73)
  master_bowed_out,  // C84
  preempting,        // C72
  demoted_master,    // a peer with a higher demotion byte (C77)
  forced,            // the operator's `state master` or `state backup`
  maintenance,       // the operator's `maintenance on`
  switchover,        // the operator's `switchover`
  better_peer,       // C71
  tie,               // an equal peer with a lower address (D3)
  stalled,           // its lease lapsed (D4 rule 2)
  admin_down,        // C83
  no_address,
  not_allowed,   // net.inet.carp.allow = 0 (D13)
  link_down,     // C87
  worker_stall,  // D4 rule 4
  held,          // startup_hold or link_hold (I2.2, I2.11)
  stopped,       // the program ends or the virtual host is destroyed
};

[[nodiscard]] std::string_view to_string(Reason reason) noexcept;

struct Vhost {
  Pace pace;  // as configured
  bool openbsd_demotion = false;

  State state = State::init;
  TimePoint deadline = kNever;      // BACKUP: master down. MASTER: next advertisement
  TimePoint lease_until = kNever;   // MASTER: past it we are silent (D4)
  TimePoint preempt_from = kNever;  // BACKUP: C72 holds from here (preempt_delay)
  uint8_t adverts_to_announce = 0;  // MASTER: the advertisement that repeats gratuitous ARP (C127)
  Duration tie_jitter{0};           // for the next master down time (D3)
  Duration patience{0};             // BACKUP: the master down time that runs
};

// The host at the moment of a step.
struct Circumstances {
  TimePoint now;
  bool preempt = false;       // net.inet.carp.preempt (C151)
  bool demoted = false;       // D10
  uint8_t demotion_byte = 0;  // own, for openbsd_demotion
  Duration preempt_delay{0};  // I2.11
};

// An advertisement that passed all checks (C70), as the election sees it.
struct Heard {
  Pace pace;
  uint8_t demotion_byte = 0;
  bool from_lower_address = false;  // the sender precedes us on a tie (precedes_on_tie)
  bool is_fresh = true;    // false: read after a stall, never causes a takeover (D4 rule 3)
  bool is_behind = false;  // its counter is below our last one (D11 rule 1)
  Duration jitter{0};      // random, 0 to 20 ms, for a tie (D3)
};

// What a step asks for. The caller does it in the order of D22.
struct Actions {
  bool changed = false;     // the state is another one, for `reason`
  bool advertise = false;   // send an advertisement
  bool announce = false;    // gratuitous ARP for every address
  bool reannounce = false;  // the same, but at most once a second (I2.10)
  bool bow_out = false;     // C84
  bool last_word = false;   // one more advertisement from the port's MAC before yielding (D11)
  bool tie = false;         // an equal peer: a configuration error (D3)
  State from = State::init;
  Reason reason = Reason::none;
  // Of the mastership that ended. A bow out after it would turn the switch back from a successor
  // (D4 rule 2).
  TimePoint lease_until = kNever;
};

// Advbase and advskew as they go into an advertisement (C75, C85).
[[nodiscard]] Pace effective_pace(const Vhost& vhost, bool demoted) noexcept;

// Octets compared from the last to the first, as UCarp does on the usual machines (C78, D3).
[[nodiscard]] bool precedes_on_tie(uint32_t peer, uint32_t own) noexcept;

// When on_timer wants to be called next.
[[nodiscard]] TimePoint next_deadline(const Vhost& vhost) noexcept;

// An advertisement was heard (C71 to C74).
[[nodiscard]] Actions on_advert(Vhost& vhost, const Heard& heard, const Circumstances& at);

// Requires: at.now >= next_deadline(vhost).
[[nodiscard]] Actions on_timer(Vhost& vhost, const Circumstances& at);

// The virtual host comes to run, or stops for `why` (C80, C83, C87). Reason::none: it may run.
[[nodiscard]] Actions on_conditions(Vhost& vhost, Reason why_not, const Circumstances& at);

// `state master` and `state backup` (I3.3), and whatever else hands over. In INIT nothing happens.
[[nodiscard]] Actions on_operator_state(Vhost& vhost, State wanted, const Circumstances& at,
                                        Reason why = Reason::forced);

// The demotion changed: a MASTER tells at once (D10), but not before `not_before`. A BACKUP of a
// sub-second group waits longer while `demoted` (D12), from where its wait began.
void on_demotion(Vhost& vhost, TimePoint not_before, bool demoted) noexcept;

// Advbase or advskew were set: timers start anew, no packet (section 5.4). A MASTER's next
// advertisement comes no later than it was due, since its lease goes by the old advbase (D4).
void on_pace(Vhost& vhost, Pace pace, const Circumstances& at);

// An advertisement sent at `sent_at` with `pace` has left: the lease goes by it (D4 rule 1).
void on_sent(Vhost& vhost, Pace pace, TimePoint sent_at) noexcept;

// The first advertisement of a new MASTER goes out now: the next is due from here (C81, D21).
void on_announced(Vhost& vhost, TimePoint now) noexcept;

// Time in which nobody listened does not count towards master down (D4 rule 3): after it, a whole
// master down time is left at most, where the wait began in the gap.
void on_gap(Vhost& vhost, Duration gap, TimePoint now) noexcept;

}  // namespace carp::proto
