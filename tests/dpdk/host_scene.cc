// SPDX-License-Identifier: BSD-3-Clause
#include "tests/dpdk/host_scene.h"

#include <gtest/gtest.h>

#include "lib/dpdk/mbuf.h"

namespace carp::dpdk {
namespace {

class FakeDevice : public HostDevice {
 public:
  FakeDevice(Kernel& kernel, const MbufPool& pool) : kernel_(kernel), pool_(pool.handle()) {}

  unsigned send(std::span<rte_mbuf*> frames) noexcept override {
    for (rte_mbuf* mbuf : frames) {
      const net::Bytes bytes = frame_of(*mbuf);
      if (!kernel_.is_down) kernel_.taken.emplace_back(bytes.begin(), bytes.end());
      rte_pktmbuf_free(mbuf);
    }
    return kernel_.is_down ? 0 : static_cast<unsigned>(frames.size());
  }
  HostBurst receive(std::span<rte_mbuf*> frames) noexcept override {
    HostBurst burst;
    while (burst.frames < frames.size() && !kernel_.sends.empty()) {
      frames[burst.frames++] = mbuf_from(pool_, kernel_.sends.front());
      kernel_.sends.pop_front();
    }
    return burst;
  }
  int descriptor() const noexcept override { return -1; }
  bool is_gone() const noexcept override { return kernel_.is_gone; }
  bool reopen() noexcept override {
    if (kernel_.may_reopen) kernel_.is_gone = false;
    return kernel_.may_reopen;
  }

 private:
  Kernel& kernel_;
  rte_mempool* pool_;
};

[[nodiscard]] net::Frame datagram(const net::MacAddress& from, const net::MacAddress& to,
                                  net::Ipv4Address source, net::Ipv4Address destination,
                                  uint8_t mark) {
  return support::ipv4_frame({.destination_mac = to,
                              .source_mac = from,
                              .source = source,
                              .destination = destination,
                              .protocol = 17},
                             std::vector<uint8_t>(64, mark));
}

[[nodiscard]] std::vector<std::unique_ptr<HostDevice>> devices_of(std::span<Kernel> kernels,
                                                                  const MbufPool& pool) {
  std::vector<std::unique_ptr<HostDevice>> devices;
  for (Kernel& kernel : kernels) devices.push_back(std::make_unique<FakeDevice>(kernel, pool));
  return devices;
}

}  // namespace

net::Frame to_kernel(uint8_t mark, const net::MacAddress& destination) {
  return datagram(kClientMac, destination, kClientIp, kOwnIp, mark);
}

net::Frame from_kernel(net::Ipv4Address source, uint8_t mark) {
  return datagram(kPortMac, kClientMac, source, kClientIp, mark);
}

HostScene::HostScene(const std::string& label, const SceneSpec& spec)
    : scene(label, spec),
      routes{HostRoute{.host = 0, .port = scene.port.id()},
             HostRoute{.host = 1, .port = scene.port.id()}},
      ways(routes, std::array{0}),
      worker(spec.worker, scene.topology.workers.at(0), scene.mailbox, {}, ways.ends_of(0)),
      thread(devices_of(kernels, scene.pool), ways) {}

dataplane::ForwardTable HostScene::make_table(uint64_t generation, bool master) const {
  const dataplane::PortId port = scene.port.id();
  dataplane::ForwardTable table(generation, scene.leases,
                                {{.port = port, .vlan = net::kUntagged, .mac = kPortMac, .host = 0},
                                 {.port = port, .vlan = kVlan, .mac = kPortMac, .host = 1}});
  const dataplane::Slot shared{
      .mac = net::virtual_mac(1), .source = net::virtual_mac(1), .vhid = 1, .master = master};
  for (dataplane::InterfaceIndex interface : {0, 1})
    table.add(interface, kSharedIp, true, {&shared, 1});
  return table;
}

void HostScene::adopt(const dataplane::ForwardTable& table) {
  ASSERT_TRUE(scene.mailbox.post(&table));
  worker.poll_once();
}

uint64_t HostScene::count(dataplane::Reason reason) const {
  return worker.status().counters.of(reason).get();
}

uint64_t HostScene::count(dataplane::HostId host, dataplane::HostReason reason) const {
  return ways.outboxes()[host]->counters.of(reason).get();
}

}  // namespace carp::dpdk
