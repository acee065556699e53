// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/wire.h"

#include <algorithm>

#include "lib/net/bytes.h"
#include "lib/net/ethernet.h"

namespace carp::sim {

void Wire::attach(Receiver receiver) {
  receivers_.push_back(std::move(receiver));
  for (auto& row : cuts_) row.push_back(0);
  cuts_.emplace_back(receivers_.size(), 0);
}

void Wire::send(const Packet& packet) {
  const auto* ethernet = net::view_at<net::EthernetHeader>(packet->bytes, 0);
  if (ethernet == nullptr) return;
  learn(ethernet->source, packet->sender);
  for (StationId to = 0; to < receivers_.size(); ++to)
    if (to != packet->sender && leads_to(ethernet->destination, to)) deliver(packet, to);
}

void Wire::deliver(const Packet& packet, StationId to) {
  if (cuts_[packet->sender][to] > 0) return;
  if (loss_ > 0 && random_.chance(static_cast<unsigned>(loss_))) return;
  const int copies = plan_.duplicates > 0 && random_.chance(plan_.duplicates) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    const Duration delay = random_.between(plan_.delay_min, plan_.delay_max + clog_);
    schedule_.after(delay, [this, packet, to] { receivers_[to](packet); });
  }
}

void Wire::cut(StationId from, StationId to, bool cut) {
  cuts_[from][to] += cut ? 1 : -1;
  cuts_now_ += cut ? 1 : -1;
}

bool Wire::connects(StationId a, StationId b) const noexcept {
  return cuts_[a][b] == 0 && cuts_[b][a] == 0;
}

void Wire::learn(const net::MacAddress& mac, StationId where) {
  for (auto& [known, place] : learned_)
    if (known == mac) {
      place = where;
      return;
    }
  learned_.emplace_back(mac, where);
}

// Groups and unknown destinations go everywhere.
bool Wire::leads_to(const net::MacAddress& mac, StationId where) const {
  if (mac.is_group()) return true;
  for (const auto& [known, place] : learned_)
    if (known == mac) return place == where;
  return true;
}

}  // namespace carp::sim
