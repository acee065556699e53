// SPDX-License-Identifier: BSD-3-Clause
//
// A kernel interface by /dev/net/tun, without DPDK's net_tap: that driver asks for a signal for
// each frame, which would wake control's and workers' sleeps, has no descriptor to sleep on, and
// cannot come back where somebody deletes the interface (docs/design.md, section 5). The host
// thread's.
#pragma once

#include <array>

#include "lib/dpdk/host_device.h"

struct rte_mempool;

namespace carp::dpdk {

class Tap : public HostDevice {
 public:
  Tap(const HostSpec& spec, const MbufPool& pool);  // throws StartError
  ~Tap() override;                                  // the kernel interface goes with it

  unsigned send(std::span<rte_mbuf*> frames) noexcept override;
  [[nodiscard]] HostBurst receive(std::span<rte_mbuf*> frames) noexcept override;
  [[nodiscard]] int descriptor() const noexcept override { return descriptor_; }
  [[nodiscard]] bool is_gone() const noexcept override { return gone_; }
  bool reopen() noexcept override;

 private:
  [[nodiscard]] rte_mbuf* next_buffer() noexcept;
  [[nodiscard]] bool deliver(rte_mbuf* mbuf) noexcept;

  HostSpec spec_;
  rte_mempool* pool_;
  // For the next frames. The host thread has no cache in the pool (host_thread.cc), so they come by
  // the handful, few enough that sixteen interfaces hold less than pool_size() counts for it.
  std::array<rte_mbuf*, 8> spares_{};
  unsigned spare_count_ = 0;
  int descriptor_;
  bool gone_ = false;
};

}  // namespace carp::dpdk
