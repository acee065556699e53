// SPDX-License-Identifier: BSD-3-Clause
//
// Where frames live. Each memory socket that has a port has one pool for frames received and one
// for frames that this host makes (runtime.h), large enough that neither full descriptor rings nor
// full rings to control can use them up: receiving never stops because control is behind. Made and
// destroyed on control's thread; mbufs come and go on any lcore.
#pragma once

#include <cstdint>
#include <string>

struct rte_mempool;

namespace carp::dpdk {

// Who can hold mbufs of one pool at the same time.
struct PoolUse {
  uint32_t descriptors = 0;   // of all receive and transmit queues that draw on it
  uint32_t ring_entries = 0;  // places in rings that carry mbufs
  uint32_t workers = 0;
  uint32_t burst = 32;
  uint16_t mtu = 1500;  // the largest
  // The host thread, too, takes and gives back, and may lose its CPU in the middle of it.
  bool shared_with_host = false;
  bool dense = false;  // mbufs one behind the other, across pages (driver_profile)
};

// Mbufs that a pool of this use needs.
[[nodiscard]] uint32_t pool_size(const PoolUse& use) noexcept;

class MbufPool {
 public:
  // Throws StartError (69) where there is not so much memory.
  MbufPool(const std::string& name, const PoolUse& use, int socket);
  ~MbufPool();  // Requires: no port uses it any more.
  MbufPool(const MbufPool&) = delete;
  MbufPool& operator=(const MbufPool&) = delete;

  [[nodiscard]] rte_mempool* handle() const noexcept { return pool_; }
  [[nodiscard]] int socket() const noexcept { return socket_; }
  [[nodiscard]] uint32_t size() const noexcept;
  // Mbufs that nobody holds. Exact only while no other thread allocates or frees.
  [[nodiscard]] uint32_t available() const noexcept;

 private:
  rte_mempool* pool_;
  int socket_;
};

}  // namespace carp::dpdk
