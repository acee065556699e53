// SPDX-License-Identifier: BSD-3-Clause
//
// A kernel interface as seen from this side: what is sent here the kernel receives on it, what the
// kernel sends on it comes in here. Made by control at start, then the host thread's alone. Its
// calls are virtual: one a burst, beside a system call a frame, and no worker makes any.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "lib/dpdk/mbuf_pool.h"

struct rte_mbuf;

namespace carp::dpdk {

enum class HostKind : uint8_t {
  tap,          // /dev/net/tun
  virtio_user,  // DPDK's driver of that name on /dev/vhost-net
};

// What a kernel interface is made of.
struct HostSpec {
  std::string name;  // in the kernel
  HostKind kind = HostKind::tap;
  uint16_t mtu = 1500;  // longer frames of the kernel are refused
};

// What one call of `receive` found.
struct HostBurst {
  unsigned frames = 0;     // given to the caller
  unsigned too_long = 0;   // longer than the MTU allows: dropped
  unsigned no_buffer = 0;  // left with the kernel: the pool was empty
};

class HostDevice {
 public:
  HostDevice() = default;
  virtual ~HostDevice() = default;
  HostDevice(const HostDevice&) = delete;
  HostDevice& operator=(const HostDevice&) = delete;

  // Hands frames to the kernel and frees them all; answers how many it took.
  virtual unsigned send(std::span<rte_mbuf*> frames) noexcept = 0;
  // Fills `frames` from the front with what the kernel sent; they are the caller's then.
  [[nodiscard]] virtual HostBurst receive(std::span<rte_mbuf*> frames) noexcept = 0;
  // Becomes readable where the kernel has sent something; -1 where there is no such descriptor.
  [[nodiscard]] virtual int descriptor() const noexcept = 0;
  // Somebody has deleted the kernel interface.
  [[nodiscard]] virtual bool is_gone() const noexcept = 0;
  // Makes it anew; false where that is not possible (yet).
  virtual bool reopen() noexcept = 0;
};

// Throws StartError: 77 where this process may not make interfaces, 69 where the kernel cannot, or
// has one of that name. Frames come from `pool`, which must outlive the device.
[[nodiscard]] std::unique_ptr<HostDevice> open_host(const HostSpec& spec, const MbufPool& pool);

}  // namespace carp::dpdk
