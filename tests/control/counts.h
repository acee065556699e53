// SPDX-License-Identifier: BSD-3-Clause
//
// The engine's statistics by their names, as rows of tests say them.
#pragma once

#include <map>
#include <string>

#include "lib/control/engine.h"

namespace carp::control {

using Counts = std::map<std::string, uint64_t>;

// The counters that are not zero.
[[nodiscard]] inline Counts counts_of(const Statistics& statistics) {
  Counts counts;
#define X(name, text) \
  if (statistics.name != 0) counts[#name] = statistics.name;
  CARP_STATISTICS(X)
#undef X
  return counts;
}

}  // namespace carp::control
