// SPDX-License-Identifier: BSD-3-Clause
//
// One fake NIC with two kernel interfaces beside it, one of them on a VLAN, and the test as the
// kernel: what it sends, what it takes, whether its interface is down or gone. The worker and the
// host thread are run by hand.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "lib/dpdk/host_thread.h"
#include "tests/dpdk/scene.h"

namespace carp::dpdk {

inline constexpr net::Ipv4Address kOwnIp{0x0a000003};

// The other side of a kernel interface.
struct Kernel {
  std::vector<net::Frame> taken;
  std::deque<net::Frame> sends;
  bool is_down = false;
  bool is_gone = false;
  bool may_reopen = false;
};

// A datagram of the client for the host, and one of the host for the client; `mark` tells them
// apart.
[[nodiscard]] net::Frame to_kernel(uint8_t mark = 0, const net::MacAddress& destination = kPortMac);
[[nodiscard]] net::Frame from_kernel(net::Ipv4Address source = kOwnIp, uint8_t mark = 0);

struct HostScene {
  explicit HostScene(const std::string& label, const SceneSpec& spec = {});

  [[nodiscard]] dataplane::ForwardTable make_table(uint64_t generation, bool master = true) const;
  // The worker has it from now on, and has polled once by it.
  void adopt(const dataplane::ForwardTable& table);
  [[nodiscard]] uint64_t count(dataplane::Reason reason) const;
  [[nodiscard]] uint64_t count(dataplane::HostId host, dataplane::HostReason reason) const;
  [[nodiscard]] bool is_all_free() const { return scene.pool.available() == scene.pool.size(); }

  // In the order of need: the last one goes first.
  std::array<Kernel, 2> kernels;
  Scene scene;
  std::array<HostRoute, 2> routes;
  HostWays ways;
  Worker worker;
  HostThread thread;
};

}  // namespace carp::dpdk
