// SPDX-License-Identifier: BSD-3-Clause
//
// A fake NIC: an ethdev of net_ring whose other ends the test holds. What a test delivers, the port
// receives; what the port sends, the test takes.
#pragma once

#include <string>
#include <vector>

#include "lib/dpdk/mbuf_pool.h"
#include "lib/net/build.h"

struct rte_mbuf;
struct rte_ring;

namespace carp::dpdk {

struct RingPortSpec {
  unsigned rx_queues = 1;
  unsigned tx_queues = 2;
  unsigned ring_size = 512;  // a power of two; the port takes one frame less
};

class RingPort {
 public:
  explicit RingPort(const std::string& label, const RingPortSpec& spec = {});
  ~RingPort();  // Requires: the Port on it is closed.
  RingPort(const RingPort&) = delete;
  RingPort& operator=(const RingPort&) = delete;

  // What PortConfig::name wants.
  [[nodiscard]] const std::string& name() const { return name_; }

  // Throws where the ring is full or the pool empty: a test that did not mean to is wrong.
  void deliver(rte_mbuf* mbuf, unsigned queue = 0);
  void deliver(const MbufPool& pool, net::ConstBytes frame, unsigned queue = 0);
  // All frames that the port has sent on a queue since the last call; their mbufs are freed.
  [[nodiscard]] std::vector<net::Frame> take_sent(unsigned queue = 0);
  [[nodiscard]] unsigned sent_count(unsigned queue = 0) const;

 private:
  std::string name_;
  std::vector<rte_ring*> in_;
  std::vector<rte_ring*> out_;
};

}  // namespace carp::dpdk
