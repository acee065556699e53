// SPDX-License-Identifier: BSD-3-Clause
#include "tests/control/segment.h"

#include <algorithm>

namespace carp::control {
namespace {

constexpr proto::Duration kPass = std::chrono::milliseconds(1);

}  // namespace

void Segment::start() {
  for (EngineRig* rig : rigs_) rig->start();
}

void Segment::run(proto::Duration time) {
  const proto::TimePoint end = rigs_.front()->now() + time;
  while (rigs_.front()->now() < end) {
    const proto::TimePoint now = std::min(end, rigs_.front()->now() + kPass);
    for (EngineRig* rig : rigs_) {
      rig->set_time(now);
      if (rig != stopped) rig->pass();
    }
    deliver();
    if (after_each) after_each();
  }
}

void Segment::deliver() {
  for (EngineRig* from : rigs_) {
    for (const SentFrame& frame : from->take_outgoing()) {
      for (EngineRig* to : rigs_) {
        if (to == from || (is_lost && is_lost(*from, *to, frame))) continue;
        to->receive(frame.port, frame.bytes);
      }
    }
  }
}

void Segment::crash(const EngineRig& rig) { std::erase(rigs_, &rig); }

int Segment::masters(std::string_view name) const {
  return static_cast<int>(std::count_if(
      rigs_.begin(), rigs_.end(), [&](const EngineRig* rig) { return rig->is_master(name); }));
}

}  // namespace carp::control
