// SPDX-License-Identifier: BSD-3-Clause
//
// One worker on one fake NIC, run by hand: tests deliver frames, call poll_once and look. The table
// has vhid 1 at 10.0.0.50, MASTER unless said otherwise, on the untagged interface and on VLAN 7,
// and there vhid 2 without an address.
#pragma once

#include "lib/dpdk/mailbox.h"
#include "lib/dpdk/port.h"
#include "lib/dpdk/spread.h"
#include "lib/dpdk/worker.h"
#include "tests/dpdk/ring_port.h"
#include "tests/support/frames.h"

namespace carp::dpdk {

inline constexpr net::MacAddress kClientMac{{0x02, 0, 0, 0, 0, 0x09}};
inline constexpr net::MacAddress kPortMac{{0x02, 0, 0, 0, 0, 0x03}};
inline constexpr net::Ipv4Address kClientIp{0x0a000009};
inline constexpr net::Ipv4Address kSharedIp{0x0a000032};
inline constexpr uint16_t kVlan = 7;

// Who has kSharedIp? From the client.
[[nodiscard]] net::Frame request_frame(uint16_t vlan = net::kUntagged);
// The answer of vhid 1 to it, as long as the request.
[[nodiscard]] net::Frame reply_frame(uint16_t vlan = net::kUntagged);
// An advertisement as far as workers care, of vhid 1 unless said otherwise; `mark`, its counter,
// tells them apart. Where it is high the counter comes from nowhere.
[[nodiscard]] net::Frame advert_frame(uint64_t mark = 0, uint8_t vhid = 1);
inline constexpr uint64_t kUnexpected = 0x0123'4567'89ab'cdef;
inline constexpr uint8_t kUnknownVhid = 200;
// A stranger's gratuitous ARP for kSharedIp.
[[nodiscard]] net::Frame conflict_frame();
// A router's IGMP query.
[[nodiscard]] net::Frame query_frame();

struct SceneSpec {
  RingPortSpec ring;
  WorkerConfig worker;
  unsigned workers = 1;        // for the plan; the scene has number 0, tests may make the others
  uint32_t pool_extra = 4096;  // mbufs besides those that the port and the worker may hold
};

struct Scene {
  explicit Scene(const std::string& label, const SceneSpec& spec = {});

  [[nodiscard]] dataplane::ForwardTable make_table(uint64_t generation, bool master = true) const;
  void deliver(net::ConstBytes frame, unsigned queue = 0) { wire.deliver(pool, frame, queue); }
  [[nodiscard]] uint64_t count(dataplane::Reason reason) const {
    return worker.status().counters.of(reason).get();
  }
  [[nodiscard]] uint64_t sum_of_reasons() const;

  // In the order of need: the last one goes first.
  dataplane::LeaseBoard leases;
  MbufPool pool;
  RingPort wire;
  Port port;
  Mailbox mailbox;
  Topology topology;
  Spread spread;
  Worker worker;
};

}  // namespace carp::dpdk
