// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/fault.h"

#include <cstdio>

namespace carp::sim {
namespace {

[[nodiscard]] std::string what(const Fault& fault) {
  const std::string host = "host " + std::to_string(fault.node);
  const std::string lan = "lan" + std::to_string(fault.lan);
  const std::string value = std::to_string(fault.value);
  switch (fault.kind) {
    case FaultKind::crash:
      return host + " crashes" + (fault.value != 0 ? " and loses its state folder" : "");
    case FaultKind::stop: return host + " is stopped in order";
    case FaultKind::link_down: return host + " loses its link on " + lan;
    case FaultKind::partition: return lan + " falls in two, hosts by mask " + value + " apart";
    case FaultKind::cut:
      return "what " + host + " says on " + lan + " does not reach host " +
             std::to_string(fault.other);
    case FaultKind::loss: return lan + " loses " + value + " frames in a thousand";
    case FaultKind::clog: return lan + " delays frames up to " + value + " ms";
    case FaultKind::control_stall: return "control of " + host + " stalls";
    case FaultKind::freeze: return host + " freezes";
    case FaultKind::worker_stall: return "the worker of " + lan + " on " + host + " stalls";
    case FaultKind::send_failure:
      return "the port of " + lan + " on " + host +
             (fault.value != 0 ? " has no buffers" : " refuses frames");
    case FaultKind::command:
      return host + "> " + fault.command + (fault.undo.empty() ? "" : ", later " + fault.undo);
    case FaultKind::service_failure: return "the service of " + host + " fails";
    case FaultKind::rekey:
      return "password and addresses number " + value + " come to all hosts, first to " + host;
    case FaultKind::replay: return "attacker repeats " + value + " advertisements on " + lan;
    case FaultKind::reskew: return "attacker re-skews " + value + " advertisements on " + lan;
    case FaultKind::forge: return "attacker forges " + value + " advertisements on " + lan;
    case FaultKind::corrupt: return "attacker corrupts " + value + " advertisements on " + lan;
  }
  return "?";
}

}  // namespace

std::string seconds_text(proto::Duration time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f s", static_cast<double>(time.count()) / 1e6);
  return text;
}

std::string to_string(const Fault& fault) {
  return seconds_text(fault.at) + " for " + seconds_text(fault.lasts) + ": " + what(fault);
}

}  // namespace carp::sim
