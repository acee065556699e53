// SPDX-License-Identifier: BSD-3-Clause
#include "tests/race/rig.h"

#include <array>

#include "tests/support/frames.h"

namespace carp::race {
namespace {

using dataplane::ForwardTable;

constexpr net::MacAddress kPortMac{{0x02, 0, 0, 0, 0, 0x03}};
constexpr net::MacAddress kClientMac{{0x02, 0, 0, 0, 0, 0x09}};
constexpr net::Ipv4Address kClientIp{0x0a000009};
constexpr net::Ipv4Address kSharedIp{0x0a000032};
// Offsets in an untagged frame: of an ARP packet's sender; behind an advertisement's counter.
constexpr size_t kSenderMac = 22;
constexpr size_t kCounterEnd = 50;

// A number in the last four bytes of a locally administered address.
[[nodiscard]] net::MacAddress numbered(uint64_t number) {
  const auto byte = [number](unsigned shift) { return static_cast<uint8_t>(number >> shift); };
  return {{0x06, 0, byte(24), byte(16), byte(8), byte(0)}};
}

[[nodiscard]] uint32_t number_at(net::ConstBytes frame, size_t end) {
  uint32_t number = 0;
  for (size_t i = end - 4; i < end; ++i) number = number << 8 | frame[i];
  return number;
}

[[nodiscard]] dpdk::Topology started(dpdk::Port& port, const dpdk::MbufPool& pool,
                                     unsigned number) {
  port.start(pool);
  const dpdk::PortQueues queues{port.id(), port.queues()};
  dpdk::Topology topology = dpdk::plan_topology({&queues, 1}, 1);
  for (dpdk::ControlRoute& route : topology.control)
    if (route.worker) route.worker = number;
  return topology;
}

}  // namespace

WorkerRig::WorkerRig(unsigned number)
    : pool_("race_pool" + std::to_string(number), {.descriptors = 2560}, 0),
      wire_("race_port" + std::to_string(number), {.tx_queues = 1}),
      port_({.name = wire_.name()}, 1),
      mailbox_(number, 0),
      topology_(started(port_, pool_, number)),
      worker_({}, topology_.workers.at(0), mailbox_) {}

std::unique_ptr<const ForwardTable> make_table(uint64_t generation,
                                               const dataplane::LeaseBoard& leases,
                                               const std::vector<dataplane::PortId>& ports) {
  std::vector<dataplane::Interface> interfaces;
  for (const dataplane::PortId port : ports) interfaces.push_back({port, net::kUntagged, kPortMac});
  auto table = std::make_unique<ForwardTable>(generation, leases, std::move(interfaces));
  const dataplane::Slot slot{.mac = numbered(generation),
                             .source = numbered(generation),
                             .lease = kLease,
                             .vhid = 1,
                             .master = true};
  for (size_t i = 0; i < ports.size(); ++i)
    table->add(static_cast<dataplane::InterfaceIndex>(i), kSharedIp, true, {&slot, 1});
  return table;
}

std::unique_ptr<const ForwardTable> make_table(uint64_t generation,
                                               const dataplane::LeaseBoard& leases,
                                               const std::vector<WorkerRig*>& rigs) {
  std::vector<dataplane::PortId> ports;
  for (const WorkerRig* rig : rigs) ports.push_back(rig->port());
  return make_table(generation, leases, ports);
}

net::Frame request_frame() {
  return support::padded(support::arp_frame(
      {.sender_mac = kClientMac, .sender_ip = kClientIp, .target_ip = kSharedIp}));
}

uint64_t generation_of(const net::Frame& reply) { return number_at(reply, kSenderMac + 6); }

net::Frame advert_frame(uint32_t number) {
  return support::ipv4_frame({.destination_mac = net::kCarpGroupMac,
                              .source_mac = net::virtual_mac(1),
                              .source = kClientIp,
                              .destination = net::kCarpGroup,
                              .protocol = net::kProtocolCarp},
                             support::carp_message(1, number));
}

net::Frame conflict_frame(uint32_t number) {
  return support::arp_frame(
      {.sender_mac = numbered(number), .sender_ip = kSharedIp, .target_ip = kSharedIp});
}

// The last bytes of an advertisement's counter; of ARP, of the sender's MAC.
uint32_t number_of(net::ConstBytes frame) {
  const bool is_arp = frame[12] == 0x08 && frame[13] == 0x06;
  return number_at(frame, is_arp ? kSenderMac + 6 : kCounterEnd);
}

}  // namespace carp::race
