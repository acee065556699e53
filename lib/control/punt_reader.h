// SPDX-License-Identifier: BSD-3-Clause
//
// What workers heard for control, told to the engine in portions: no flood makes timers wait, and
// after a stall nothing is decided before all of it was read (D4 rule 3). Control only.
#pragma once

#include "lib/control/engine.h"
#include "lib/dpdk/runtime.h"

namespace carp::control {

class PuntReader {
 public:
  // Both outlive it.
  PuntReader(const dpdk::Runtime& runtime, Engine& engine) : runtime_(runtime), engine_(engine) {}

  // Who reads after a longer time than this was stalled.
  void set_gap(proto::Duration gap) noexcept { gap_ = gap; }
  void read(proto::TimePoint now, Outbox& out);
  // The last time left something in the rings: the next pass shall follow at once.
  [[nodiscard]] bool has_more() const noexcept { return has_more_; }

 private:
  [[nodiscard]] size_t share_of(size_t a_pass, bool after_gap) const;

  const dpdk::Runtime& runtime_;
  Engine& engine_;
  proto::Duration gap_{};
  proto::TimePoint last_read_;
  bool has_more_ = false;
};

}  // namespace carp::control
