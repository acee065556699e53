// SPDX-License-Identifier: BSD-3-Clause
#include "tests/dpdk/ring_port.h"

#include <rte_bus_vdev.h>
#include <rte_eth_ring.h>
#include <rte_ring.h>

#include <stdexcept>

#include "lib/dpdk/mbuf.h"

namespace carp::dpdk {
namespace {

std::vector<rte_ring*> make_rings(const std::string& prefix, unsigned count, unsigned size) {
  std::vector<rte_ring*> rings;
  for (unsigned i = 0; i < count; ++i) {
    const std::string name = prefix + std::to_string(i);
    rings.push_back(rte_ring_create(name.c_str(), size, 0, RING_F_SP_ENQ | RING_F_SC_DEQ));
    if (rings.back() == nullptr) throw std::runtime_error("no ring " + name);
  }
  return rings;
}

void free_rings(const std::vector<rte_ring*>& rings) {
  for (rte_ring* ring : rings) {
    void* mbuf = nullptr;
    while (rte_ring_dequeue(ring, &mbuf) == 0) rte_pktmbuf_free(static_cast<rte_mbuf*>(mbuf));
    rte_ring_free(ring);
  }
}

}  // namespace

RingPort::RingPort(const std::string& label, const RingPortSpec& spec)
    : name_("net_ring_" + label),
      in_(make_rings(label + "_in", spec.rx_queues, spec.ring_size)),
      out_(make_rings(label + "_out", spec.tx_queues, spec.ring_size)) {
  const int port =
      rte_eth_from_rings(label.c_str(), in_.data(), spec.rx_queues, out_.data(), spec.tx_queues, 0);
  if (port < 0) throw std::runtime_error("no port " + name_);
}

RingPort::~RingPort() {
  rte_vdev_uninit(name_.c_str());
  free_rings(in_);
  free_rings(out_);
}

void RingPort::deliver(rte_mbuf* mbuf, unsigned queue) {
  if (mbuf == nullptr || rte_ring_enqueue(in_.at(queue), mbuf) != 0) {
    throw std::runtime_error("nothing to deliver, or no room for it");
  }
}

void RingPort::deliver(const MbufPool& pool, net::ConstBytes frame, unsigned queue) {
  deliver(mbuf_from(pool.handle(), frame), queue);
}

std::vector<net::Frame> RingPort::take_sent(unsigned queue) {
  std::vector<net::Frame> frames;
  void* object = nullptr;
  while (rte_ring_dequeue(out_.at(queue), &object) == 0) {
    auto* mbuf = static_cast<rte_mbuf*>(object);
    const net::Bytes bytes = frame_of(*mbuf);
    frames.emplace_back(bytes.begin(), bytes.end());
    rte_pktmbuf_free(mbuf);
  }
  return frames;
}

unsigned RingPort::sent_count(unsigned queue) const { return rte_ring_count(out_.at(queue)); }

}  // namespace carp::dpdk
