// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/virtio_user.h"

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "lib/dpdk/start_error.h"

namespace carp::dpdk {
namespace {

constexpr const char* kVhost = "/dev/vhost-net";

[[nodiscard]] StartError failed(const HostSpec& spec, const std::string& what, int error) {
  const bool denied = error == EPERM || error == EACCES;
  return {denied ? ExitCode::permission : ExitCode::unavailable,
          "host interface " + spec.name + ": " + what + ": " + strerror(error) +
              (denied ? "; run as root, or give CAP_NET_ADMIN and access to it"
                      : "; load the kernel's module (modprobe vhost_net), or use host = tap")};
}

void set_up(const HostSpec& spec, dataplane::PortId port, const MbufPool& pool) {
  rte_eth_conf conf{};  // no offloads: the kernel completes all checksums itself
  conf.rxmode.mtu = spec.mtu;
  const auto socket = static_cast<unsigned>(pool.socket());
  int result = rte_eth_dev_configure(port, 1, 1, &conf);
  if (result == 0)
    result =
        rte_eth_rx_queue_setup(port, 0, kVirtioUserDescriptors, socket, nullptr, pool.handle());
  if (result == 0)
    result = rte_eth_tx_queue_setup(port, 0, kVirtioUserDescriptors, socket, nullptr);
  if (result == 0) result = rte_eth_dev_start(port);
  if (result != 0) throw failed(spec, "virtio_user", -result);
}

}  // namespace

std::unique_ptr<HostDevice> open_virtio_user(const HostSpec& spec, const MbufPool& pool) {
  if (access(kVhost, R_OK | W_OK) != 0) throw failed(spec, kVhost, errno);
  const std::string device = "net_virtio_user_" + spec.name;
  const std::string arguments = std::string("path=") + kVhost + ",iface=" + spec.name +
                                ",queues=1,queue_size=" + std::to_string(kVirtioUserDescriptors);
  const int result = rte_eal_hotplug_add("vdev", device.c_str(), arguments.c_str());
  dataplane::PortId port = 0;
  if (result != 0) throw failed(spec, "virtio_user", -result);
  if (rte_eth_dev_get_port_by_name(device.c_str(), &port) != 0)
    throw failed(spec, "virtio_user", ENODEV);
  auto host = std::make_unique<HostEthdev>(port, spec.mtu);
  set_up(spec, port, pool);
  return host;
}

HostEthdev::~HostEthdev() {
  rte_eth_dev_stop(port_);
  rte_eth_dev_close(port_);
}

unsigned HostEthdev::send(std::span<rte_mbuf*> frames) noexcept {
  const auto count = static_cast<uint16_t>(frames.size());
  const uint16_t taken = rte_eth_tx_burst(port_, 0, frames.data(), count);
  rte_pktmbuf_free_bulk(frames.data() + taken, static_cast<unsigned>(count - taken));
  return taken;
}

HostBurst HostEthdev::receive(std::span<rte_mbuf*> frames) noexcept {
  HostBurst burst;
  const unsigned count =
      rte_eth_rx_burst(port_, 0, frames.data(), static_cast<uint16_t>(frames.size()));
  for (unsigned i = 0; i < count; ++i) {
    if (frames[i]->pkt_len <= uint32_t{mtu_} + RTE_ETHER_HDR_LEN) {
      frames[burst.frames++] = frames[i];
    } else {
      rte_pktmbuf_free(frames[i]);
      ++burst.too_long;
    }
  }
  return burst;
}

}  // namespace carp::dpdk
