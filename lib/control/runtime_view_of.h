// SPDX-License-Identifier: BSD-3-Clause
//
// Copies what `show` needs out of ports and workers. Control's thread only.
#pragma once

#include <string>
#include <vector>

#include "lib/control/heartbeats.h"
#include "lib/control/runtime_view.h"
#include "lib/dpdk/runtime.h"

namespace carp::control {

[[nodiscard]] RuntimeView view_of(dpdk::Runtime& runtime, const Heartbeats& heartbeats,
                                  const std::vector<std::string>& versions, proto::TimePoint now);

}  // namespace carp::control
