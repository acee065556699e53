// SPDX-License-Identifier: BSD-3-Clause
//
// What the engine is told once, at start. A value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/control/config.h"
#include "lib/control/counter_list.h"
#include "lib/control/interface_entry.h"
#include "lib/dataplane/lease.h"
#include "lib/proto/time.h"

namespace carp::control {

struct EngineStart {
  Config config;
  std::vector<InterfaceFacts> facts;              // of config.interfaces, in that order
  const dataplane::LeaseBoard* leases = nullptr;  // named in the tables, never touched here
  uint64_t unix_us = 0;                           // wall clock at `now`
  proto::TimePoint now;
  uint64_t seed = 0;         // of the tie jitter and IP identifications
  Counters stored_counters;  // of earlier runs (D11 rule 5)
  bool maintenance = false;  // it was on when the last run ended
};

}  // namespace carp::control
