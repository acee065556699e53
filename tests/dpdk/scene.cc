// SPDX-License-Identifier: BSD-3-Clause
#include "tests/dpdk/scene.h"

#include <array>

namespace carp::dpdk {
namespace {

constexpr std::array<int, 16> kSockets{};  // of the workers

Topology started(Port& port, const MbufPool& pool, unsigned workers) {
  port.start(pool);
  const PortQueues queues{port.id(), port.queues()};
  return plan_topology({&queues, 1}, workers);
}

}  // namespace

net::Frame request_frame(uint16_t vlan) {
  return support::padded(support::arp_frame(
      {.vlan = vlan, .sender_mac = kClientMac, .sender_ip = kClientIp, .target_ip = kSharedIp}));
}

net::Frame reply_frame(uint16_t vlan) {
  return support::padded(support::arp_frame({.destination = kClientMac,
                                             .source = net::virtual_mac(1),
                                             .vlan = vlan,
                                             .operation = net::kArpReply,
                                             .sender_mac = net::virtual_mac(1),
                                             .sender_ip = kSharedIp,
                                             .target_mac = kClientMac,
                                             .target_ip = kClientIp}));
}

net::Frame advert_frame(uint64_t mark, uint8_t vhid) {
  return support::ipv4_frame({.destination_mac = net::kCarpGroupMac,
                              .source_mac = net::virtual_mac(vhid),
                              .source = kClientIp,
                              .destination = net::kCarpGroup,
                              .protocol = net::kProtocolCarp},
                             support::carp_message(vhid, mark));
}

net::Frame conflict_frame() {
  return support::padded(support::arp_frame(
      {.sender_mac = kClientMac, .sender_ip = kSharedIp, .target_ip = kSharedIp}));
}

net::Frame query_frame() { return support::padded(support::query_frame({})); }

Scene::Scene(const std::string& label, const SceneSpec& spec)
    : pool(label, {.descriptors = spec.pool_extra, .burst = spec.worker.burst}, 0),
      wire(label, spec.ring),
      port({.name = wire.name()}, spec.workers),
      mailbox(0, 0),
      topology(started(port, pool, spec.workers)),
      spread(plan_handovers(topology), kSockets),
      worker(spec.worker, topology.workers.at(0), mailbox, spread.ends_of(0)) {}

dataplane::ForwardTable Scene::make_table(uint64_t generation, bool master) const {
  dataplane::ForwardTable table(
      generation, leases, {{port.id(), net::kUntagged, kPortMac}, {port.id(), kVlan, kPortMac}});
  const dataplane::Slot slot{
      .mac = net::virtual_mac(1), .source = net::virtual_mac(1), .vhid = 1, .master = master};
  for (dataplane::InterfaceIndex interface : {0, 1}) {
    table.add(interface, kSharedIp, true, {&slot, 1});
    table.add_vhost(interface, {.mac = net::virtual_mac(2), .vhid = 2});
  }
  return table;
}

uint64_t Scene::sum_of_reasons() const {
  uint64_t sum = 0;
  for (const auto& counter : worker.status().counters.by_reason) sum += counter.get();
  return sum;
}

}  // namespace carp::dpdk
