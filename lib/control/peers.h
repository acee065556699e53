// SPDX-License-Identifier: BSD-3-Clause
//
// Every host heard, per interface and vhid, and why its advertisements are refused where they are
// (I3.4, `show peers`). Bounded, so that a flood of forged sources costs no memory. Kept by the
// engine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/dataplane/table.h"
#include "lib/net/address.h"
#include "lib/proto/interval.h"
#include "lib/proto/time.h"

namespace carp::control {

inline constexpr size_t kPeersMax = 4096;
inline constexpr size_t kPeersPerVhidMax = 16;

struct Peer {
  dataplane::InterfaceIndex interface = 0;
  uint8_t vhid = 0;
  net::Ipv4Address source;
  proto::Pace pace;
  proto::TimePoint last_heard;
  bool accepted = false;
  std::string reason;  // why its last advertisement was refused; empty when accepted
  std::string note;    // what an operator should know of an accepted one; may be empty
  // When `reason` was last looked for in the digest; min: it was not.
  proto::TimePoint explained_at = proto::TimePoint::min();
  // How many advertisements we had sent as MASTER when it began to send worse ones: a host that
  // hears us stops. Empty: it does not.
  std::optional<uint64_t> unheeded_since;
};

class Peers {
 public:
  // Stores or replaces what is known of (interface, vhid, source). Where there is no room the
  // longest unheard refused peer of that vhid, or of all, makes place; an accepted one only for an
  // accepted one.
  void note(Peer peer);
  void forget(dataplane::InterfaceIndex interface, uint8_t vhid);
  // Null: not heard, or forgotten. Valid until the next call of note or forget.
  [[nodiscard]] const Peer* find(dataplane::InterfaceIndex interface, uint8_t vhid,
                                 net::Ipv4Address source) const;

  // Sorted by interface, vhid, source.
  [[nodiscard]] const std::vector<Peer>& all() const noexcept { return peers_; }

 private:
  std::vector<Peer> peers_;
};

}  // namespace carp::control
