// SPDX-License-Identifier: BSD-3-Clause
//
// All that the engine keeps of one virtual host beside its state machine: configuration, sets,
// replay guard, the open steps of D22, and what `show` tells. Owned by the engine.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/control/outbox.h"
#include "lib/control/shared_sets.h"
#include "lib/dataplane/table.h"
#include "lib/proto/replay.h"
#include "lib/proto/vhost.h"
#include "lib/proto/vhost_config.h"

namespace carp::control {

// Of a virtual host that was created and has no address yet.
inline constexpr dataplane::InterfaceIndex kNoInterface = 0xffff;

// A step that waits until all workers have confirmed a table, or for 5 ms (D22).
struct OpenStep {
  uint64_t generation = 0;  // of the table to be confirmed
  proto::TimePoint latest;
  proto::TimePoint expires = proto::kNever;  // not taken from then on
};

// An advertisement handed to the port, until we hear whether it left.
struct InFlight {
  uint32_t sequence = 0;
  proto::TimePoint sent_at;
  proto::Pace pace;
  bool renews = false;  // the lease; not a bow out or last word, nor of an earlier mastership
};

struct VhostEntry {
  VhostEntry(proto::VhostConfig config_, dataplane::InterfaceIndex interface_, uint16_t lease_,
             proto::ReplayGuard replay_, proto::TimePoint now)
      : config(std::move(config_)),
        interface(interface_),
        lease(lease_),
        sets(set_of(config)),
        replay(std::move(replay_)),
        since(now) {
    vhost.pace = config.pace;
    vhost.openbsd_demotion = config.openbsd_demotion;
  }

  proto::VhostConfig config;            // as it shall be; what is said and served now, `sets` knows
  dataplane::InterfaceIndex interface;  // position among the engine's, or kNoInterface
  uint16_t lease;                       // index into the lease board; 1 and up
  SharedSets sets;
  std::optional<SharedSet> former;  // wanted before the last change; a peer may still say it
  proto::Vhost vhost;
  proto::ReplayGuard replay;

  std::optional<OpenStep> announcing;  // became MASTER: advertisement and gratuitous ARP
  std::optional<OpenStep> bowing_out;  // left MASTER: the bow out
  std::vector<StateChange> untold;     // to the hooks, as long as one of these is open (D22)
  std::vector<InFlight> in_flight;
  uint32_t sequence = 0;
  bool is_in_line = false;  // has something to say and waits for its turn
  proto::TimePoint leave_step_from = proto::TimePoint::min();  // not again before (D11 rule 6)
  int failures_in_a_row = 0;                                   // of transmissions (C89)
  int successes_in_a_row = 0;

  net::Ipv4Address master;                                        // last accepted sender
  proto::TimePoint master_heard_until = proto::TimePoint::min();  // its slot counts (D7)
  proto::TimePoint master_heard_at = proto::TimePoint::min();     // and that was no bow out
  // Handed over by `switchover`: not preempted back until it has been MASTER or INIT again.
  bool stays_back = false;
  bool slot_counts = false;  // as in the last table
  proto::TimePoint since;    // the present state was entered
  uint64_t transitions = 0;
  uint64_t adverts_sent = 0;
  uint64_t adverts_accepted = 0;
  proto::TimePoint reannounce_from = proto::TimePoint::min();
  proto::TimePoint refresh_at = proto::kNever;  // next periodic gratuitous ARP (I2.10)
  proto::TimePoint tie_log_from = proto::TimePoint::min();
  size_t replay_bytes = 0;  // taken from the common memory (D11 rule 3)

  [[nodiscard]] bool has_interface() const noexcept { return interface != kNoInterface; }
  [[nodiscard]] bool runs() const noexcept { return vhost.state != proto::State::init; }
  [[nodiscard]] bool is_master() const noexcept { return vhost.state == proto::State::master; }
};

}  // namespace carp::control
