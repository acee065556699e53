// SPDX-License-Identifier: BSD-3-Clause
//
// A kernel interface by an ethdev: DPDK's virtio_user, whose other side is the kernel's vhost-net.
// A kernel thread copies the frames, so the host thread makes no system call for them. The host
// thread's.
#pragma once

#include "lib/dataplane/table.h"
#include "lib/dpdk/host_device.h"

namespace carp::dpdk {

// In each direction; they hold mbufs.
inline constexpr uint16_t kVirtioUserDescriptors = 512;

// An ethdev of one queue pair as a kernel interface; set up and started already, and closed with
// this object.
class HostEthdev : public HostDevice {
 public:
  HostEthdev(dataplane::PortId port, uint16_t mtu) : port_(port), mtu_(mtu) {}
  ~HostEthdev() override;

  unsigned send(std::span<rte_mbuf*> frames) noexcept override;
  [[nodiscard]] HostBurst receive(std::span<rte_mbuf*> frames) noexcept override;
  [[nodiscard]] int descriptor() const noexcept override { return -1; }
  // The driver does not say; what it is given is lost then.
  [[nodiscard]] bool is_gone() const noexcept override { return false; }
  bool reopen() noexcept override { return false; }

 private:
  dataplane::PortId port_;
  uint16_t mtu_;
};

// Makes the device and its kernel interface. Throws StartError.
[[nodiscard]] std::unique_ptr<HostDevice> open_virtio_user(const HostSpec& spec,
                                                           const MbufPool& pool);

}  // namespace carp::dpdk
