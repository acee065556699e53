// SPDX-License-Identifier: BSD-3-Clause
//
// A story for the simulator, made from a seed: hosts, virtual hosts, foreign peers, wires and what
// goes wrong. Plain data: the same scenario runs the same way every time, and a shorter list of
// faults is another scenario.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/net/address.h"
#include "lib/proto/interval.h"
#include "tests/sim/fault.h"

namespace carp::sim {

// A health check (I2.8).
struct CheckPlan {
  std::chrono::seconds interval{0};  // 0: none
  uint32_t rise = 1;
  uint32_t fall = 1;
  int demotion = 240;
};

// One of our hosts. It has a port on every lan.
struct NodePlan {
  int drift_ppm = 0;            // its clock is that much too fast
  int64_t clock_error_ms = 0;   // of its wall clock
  proto::Duration boots_at{0};  // since the start
  bool preempt = false;
  std::chrono::seconds startup_hold{0};
  std::chrono::seconds link_hold{0};
  std::chrono::seconds preempt_delay{0};
  CheckPlan check;
};

// One vhid on one lan: carpN on every host, N being its place in the scenario.
struct GroupPlan {
  uint8_t lan = 0;
  uint8_t vhid = 1;
  uint8_t advbase = 1;
  std::vector<uint8_t> addresses;  // last octets of the shared addresses
  std::vector<uint8_t> skews;      // advskew by host; kAbsent: not configured there
};
inline constexpr uint8_t kAbsent = 255;

// Every other list of addresses that a group gets (FaultKind::rekey) has one more: this and up, by
// group.
inline constexpr uint8_t kAddedOctets = 240;

enum class PeerKind : uint8_t { bsd, openbsd, ucarp };

// Another implementation as a member of a group.
struct PeerPlan {
  PeerKind kind = PeerKind::bsd;
  uint8_t group = 0;
  uint8_t advskew = 0;
  bool preempt = false;
  proto::Duration boots_at{0};
};

// A multicast router, one at most on a lan.
struct QuerierPlan {
  uint8_t lan = 0;
  int version = 3;
  int answer_tenths = 100;  // of a second: so long members may take
  proto::Duration interval{0};
};

struct WirePlan {
  proto::Duration delay_min{50};  // us
  proto::Duration delay_max{200};
  unsigned duplicates = 0;  // per mille, all the time
  unsigned loss = 0;        // per mille, until the faults end
};

struct Scenario {
  uint64_t seed = 0;
  uint8_t lans = 1;
  WirePlan wire;
  bool arpbalance = false;
  std::vector<NodePlan> nodes;
  std::vector<GroupPlan> groups;
  std::vector<PeerPlan> peers;
  std::vector<QuerierPlan> queriers;
  std::vector<Fault> faults;           // ascending by time
  std::chrono::seconds transition{0};  // from one password or address list to another (I2.13)
  bool is_planned_work = false;        // nothing goes wrong, so nothing is excused
  proto::Duration faults_end{0};
  proto::Duration quiet{0};  // watched after all have settled
  bool is_day = false;  // so slow that more than a day goes by: what D11 forgets is tried again
  // What must make no difference: when the world began, and what hosts and ports are called.
  proto::Duration shift{0};
  uint8_t rename = 0;
};

// Routers are 192.168.1.254 wherever they are. Hosts end in 10 and up, foreign members in 30 and
// up, clients in 50 and up, shared addresses in 200 and up.
[[nodiscard]] constexpr net::Ipv4Prefix address_on(size_t lan, size_t octet) noexcept {
  return {{0x0a000000u | static_cast<uint32_t>(lan << 8 | octet)}, 24};
}

[[nodiscard]] Scenario make_scenario(uint64_t seed);

// The slowest of all members' times, with the largest advskew that demotion gives.
[[nodiscard]] proto::Duration longest_interval(const Scenario& scenario);
[[nodiscard]] proto::Duration longest_master_down(const Scenario& scenario);
// How long after the last fault everybody must agree.
[[nodiscard]] proto::Duration settling_time(const Scenario& scenario);
// Hosts, groups and faults, a line each.
[[nodiscard]] std::string to_string(const Scenario& scenario);

}  // namespace carp::sim
