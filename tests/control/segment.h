// SPDX-License-Identifier: BSD-3-Clause
//
// Appliances on common wires, one for each port number, in common virtual time: what one sends on
// its port n all others hear on theirs in the next pass, a millisecond later.
#pragma once

#include <functional>
#include <vector>

#include "tests/control/engine_rig.h"

namespace carp::control {

class Segment {
 public:
  // The rigs must outlive the segment.
  explicit Segment(std::vector<EngineRig*> rigs) : rigs_(std::move(rigs)) {}

  // Whose control does not run, though its workers answer by table and lease; none by default.
  const EngineRig* stopped = nullptr;
  // Called after every millisecond.
  std::function<void()> after_each;
  // Says which frames are lost; none by default.
  std::function<bool(const EngineRig& from, const EngineRig& to, const SentFrame&)> is_lost;

  // Links up, then passes.
  void start();
  void run(proto::Duration time);
  // Takes a host off all wires and stops its clock, as a crash does.
  void crash(const EngineRig& rig);

  // Number of rigs that are MASTER of it.
  [[nodiscard]] int masters(std::string_view name = "carp0") const;

 private:
  void deliver();

  std::vector<EngineRig*> rigs_;
};

}  // namespace carp::control
