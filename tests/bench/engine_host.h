// SPDX-License-Identifier: BSD-3-Clause
//
// An engine with many virtual hosts, dealt to 16 VLANs of one port, and the least of a shell, in
// virtual time: workers confirm at once, ports take every frame.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "lib/control/engine.h"

namespace carp::bench {

inline constexpr proto::Duration kBetweenPasses{20};  // at least

struct HeardFrame {
  proto::TimePoint at;
  net::Frame bytes;
};

class EngineHost {
 public:
  // `number`: of this host among its group, the last byte of its own addresses.
  EngineHost(unsigned vhosts, uint8_t number);

  void will_hear(std::vector<HeardFrame> frames) { coming_ = {frames.begin(), frames.end()}; }
  // A pass at every deadline and whenever somebody is heard, but never two at once.
  void run(proto::Duration time);
  // Passes in which nothing is due and nobody heard, as control makes them between two deadlines.
  void idle(unsigned passes);
  void become_master();

  [[nodiscard]] bool is_all(proto::State state) const;
  [[nodiscard]] const std::vector<HeardFrame>& said() const { return said_; }
  [[nodiscard]] size_t tables() const { return tables_; }
  [[nodiscard]] size_t heard() const { return engine_.statistics().ipackets; }
  [[nodiscard]] const control::Engine& engine() const { return engine_; }
  [[nodiscard]] proto::TimePoint now() const { return now_; }

 private:
  void pass();

  std::unique_ptr<dataplane::LeaseBoard> leases_ = std::make_unique<dataplane::LeaseBoard>();
  proto::TimePoint now_{std::chrono::hours(1)};
  control::Engine engine_;
  control::Outbox out_;
  std::deque<HeardFrame> coming_;
  std::vector<HeardFrame> said_;
  uint64_t applied_ = 0;
  size_t tables_ = 0;
};

}  // namespace carp::bench
