// SPDX-License-Identifier: BSD-3-Clause
//
// A member of a group that is not ours: the election of FreeBSD, OpenBSD or UCarp, written from the
// clauses and sharing none of lib/proto's decisions; only bytes and digests are made with it.
#pragma once

#include <optional>

#include "lib/proto/auth.h"
#include "lib/proto/wire.h"
#include "tests/sim/world.h"

namespace carp::sim {

class ForeignPeer {
 public:
  ForeignPeer(World& world, StationId id, const PeerPlan& plan);

  // It comes to run (C80).
  void boot();
  void receive(const Packet& packet);

  [[nodiscard]] const PeerPlan& plan() const noexcept { return plan_; }
  [[nodiscard]] StationId id() const noexcept { return id_; }
  [[nodiscard]] size_t lan() const noexcept { return group_.lan; }
  [[nodiscard]] bool is_on() const noexcept { return on_; }
  [[nodiscard]] bool is_master() const noexcept { return master_; }
  [[nodiscard]] Duration pace_time() const noexcept;

 private:
  void hear(const proto::Advert& advert);
  void master_hears(const proto::Advert& advert);
  void backup_hears(const proto::Advert& advert);
  void answer(const Packet& packet);
  void become_master();
  void become_backup();
  void advertise();
  void set_timer(Duration delay, void (ForeignPeer::*what)());
  void master_down() { become_master(); }
  [[nodiscard]] Duration master_down_time() const noexcept;
  [[nodiscard]] uint64_t next_counter();
  void send(net::Frame bytes);
  void note(const char* what);

  World& world_;
  StationId id_;
  PeerPlan plan_;
  GroupPlan group_;
  proto::Authenticator authenticator_;
  net::Ipv4Address own_;
  Random random_;
  bool on_ = false;
  bool master_ = false;
  std::optional<uint64_t> heard_counter_;  // C49
  uint64_t constant_counter_;              // C51
  unsigned timer_ = 0;                     // number of the one that counts
};

}  // namespace carp::sim
