// SPDX-License-Identifier: BSD-3-Clause
//
// Polls the link of every port a hundred times a second and tells the engine what changed (C87,
// D16). How a driver's link is read is the port's affair (dpdk/port). A port whose device is gone
// has no link; where the device is back the port is made anew. Control's thread only.
#pragma once

#include <vector>

#include "lib/control/engine.h"
#include "lib/dpdk/runtime.h"

namespace carp::control {

class LinkMonitor {
 public:
  explicit LinkMonitor(dpdk::Runtime& runtime);

  // Reads the links where it is time to; the first call always does.
  void poll(Engine& engine, proto::TimePoint now, Outbox& out);

 private:
  // A port, and what was said of its device.
  struct Watched {
    dpdk::Port* port = nullptr;
    bool told_gone = false;
    bool told_failure = false;
    proto::TimePoint try_at = proto::TimePoint::min();
  };

  void watch(Watched& watched, proto::TimePoint now, Outbox& out);
  void revive(Watched& watched, proto::TimePoint now, Outbox& out);

  dpdk::Runtime& runtime_;
  std::vector<Watched> ports_;
  proto::TimePoint due_ = proto::TimePoint::min();
};

}  // namespace carp::control
