// SPDX-License-Identifier: BSD-3-Clause
//
// One thing that goes wrong, or that somebody does: what, to whom, when and for how long. A
// scenario is a list of them, so that a failure can be shortened by leaving some out.
#pragma once

#include <cstdint>
#include <string>

#include "lib/proto/time.h"

namespace carp::sim {

enum class FaultKind : uint8_t {
  crash,            // power off; back after `lasts`. value 1: its state folder is lost
  stop,             // SIGTERM; started again after `lasts`
  link_down,        // of `node` on `lan`
  partition,        // `lan` falls in two: nodes whose bit is set in `value`, and the rest
  cut,              // what `node` sends on `lan` does not reach `other`
  loss,             // `value` per mille of the frames on `lan`
  clog,             // up to `value` ms more on the way, so that frames overtake each other
  control_stall,    // control of `node` does not run
  freeze,           // nor do its workers
  worker_stall,     // the worker of `lan` on `node` does not poll
  send_failure,     // the port of `lan` on `node` refuses frames; value 1: has no buffers
  command,          // an operator types `command`, and `undo` when it is over
  service_failure,  // the health check of `node` fails
  rekey,    // all hosts get password and addresses number `value`, one after the other within
            // `lasts`, `node` first
  replay,   // recorded advertisements of `lan` again, `value` of them
  reskew,   // the same, with another advbase and advskew (C45)
  forge,    // `value` advertisements signed with a wrong key
  corrupt,  // `value` recorded ones with flipped bits, or cut short
};

[[nodiscard]] constexpr bool is_attack(FaultKind kind) noexcept {
  return kind == FaultKind::replay || kind == FaultKind::reskew || kind == FaultKind::forge ||
         kind == FaultKind::corrupt;
}

[[nodiscard]] constexpr bool is_typed(FaultKind kind) noexcept {
  return kind == FaultKind::command || kind == FaultKind::rekey;
}

// Whether hosts that all listen may disagree for a while because of it. What only makes a host
// fall silent, and what an attacker says, is no excuse for two masters.
[[nodiscard]] constexpr bool disturbs_the_wire(FaultKind kind) noexcept {
  switch (kind) {
    case FaultKind::link_down:
    case FaultKind::partition:
    case FaultKind::cut:
    case FaultKind::loss:
    case FaultKind::clog:
    case FaultKind::send_failure:
    case FaultKind::rekey:
    case FaultKind::command: return true;
    default: return false;
  }
}

struct Fault {
  FaultKind kind = FaultKind::crash;
  proto::Duration at{0};  // since the start of the scenario
  proto::Duration lasts{0};
  uint8_t node = 0;
  uint8_t lan = 0;
  uint8_t other = 0;
  uint32_t value = 0;
  std::string command;
  std::string undo;  // empty: nothing to undo

  [[nodiscard]] proto::Duration end() const noexcept { return at + lasts; }
};

// "12.250 s for 3.1 s: host 1 loses its link on lan0".
[[nodiscard]] std::string to_string(const Fault& fault);
// "12.250 s".
[[nodiscard]] std::string seconds_text(proto::Duration time);

}  // namespace carp::sim
