// SPDX-License-Identifier: BSD-3-Clause
//
// Polls the link of every port a hundred times a second and tells the engine what changed (C87,
// D16). How a driver's link is read is the port's affair (dpdk/port). Control's thread only.
#pragma once

#include <optional>
#include <vector>

#include "lib/control/engine.h"
#include "lib/dpdk/port.h"

namespace carp::control {

class LinkMonitor {
 public:
  explicit LinkMonitor(std::vector<const dpdk::Port*> ports);

  // Reads the links where it is time to; the first call always does.
  void poll(Engine& engine, proto::TimePoint now, Outbox& out);

 private:
  std::vector<const dpdk::Port*> ports_;
  proto::TimePoint due_ = proto::TimePoint::min();
};

}  // namespace carp::control
