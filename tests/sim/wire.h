// SPDX-License-Identifier: BSD-3-Clause
//
// One lan: a switch that learns where MACs are, between ports that delay, lose, double and cut off
// frames as the faults of the moment want it. Which frames suffer is decided by dice of its own.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "lib/net/address.h"
#include "tests/sim/parcel.h"
#include "tests/sim/random.h"
#include "tests/sim/scenario.h"
#include "tests/sim/schedule.h"

namespace carp::sim {

class Wire {
 public:
  using Receiver = std::function<void(const Packet&)>;

  Wire(Schedule& schedule, const WirePlan& plan, uint64_t seed)
      : schedule_(schedule), plan_(plan), loss_(static_cast<int>(plan.loss)), random_(seed) {}

  // Plugs a station in. Requires: ascending and without gaps, beginning with 0.
  void attach(Receiver receiver);

  void send(const Packet& packet);

  // --- the faults of the moment; each is taken back by its opposite ---
  // Nothing gets from `from` to `to`; what is cut twice must be mended twice.
  void cut(StationId from, StationId to, bool cut);
  void lose(int per_mille) noexcept { loss_ += per_mille; }
  void clog(Duration at_most) noexcept { clog_ += at_most; }
  void end_plain_loss() noexcept { loss_ -= static_cast<int>(std::exchange(plan_.loss, 0u)); }

  // Frames get through in both directions.
  [[nodiscard]] bool connects(StationId a, StationId b) const noexcept;
  [[nodiscard]] bool is_disturbed() const noexcept {
    return loss_ > 0 || clog_ > Duration(0) || cuts_now_ > 0;
  }
  [[nodiscard]] Duration delay_max() const noexcept { return plan_.delay_max; }

 private:
  void learn(const net::MacAddress& mac, StationId where);
  [[nodiscard]] bool leads_to(const net::MacAddress& mac, StationId where) const;
  void deliver(const Packet& packet, StationId to);

  Schedule& schedule_;
  WirePlan plan_;
  int loss_;
  Duration clog_{0};
  int cuts_now_ = 0;
  Random random_;
  std::vector<Receiver> receivers_;
  std::vector<std::vector<int>> cuts_;  // by sender and receiver
  std::vector<std::pair<net::MacAddress, StationId>> learned_;
};

}  // namespace carp::sim
