// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/trace.h"

#include "tests/sim/fault.h"

namespace carp::sim {

void Trace::append(proto::Duration since_start, const std::string& text) {
  std::string time = seconds_text(since_start);
  time.insert(0, time.size() < 12 ? 12 - time.size() : 0, ' ');
  lines_.push_back(time + "  " + text);
}

}  // namespace carp::sim
