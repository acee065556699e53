// SPDX-License-Identifier: BSD-3-Clause
#include "tests/dataplane/scene.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "tests/support/frame_matcher.h"

namespace carp::dataplane {

Scene::Scene(const SceneData& data) : table_(1, leases_, data.interfaces) {
  for (const Address& entry : data.addresses) {
    std::vector<Slot> slots;
    for (const Share& share : entry.shares) slots.push_back(slot_of(entry.interface, share));
    if (!entry.shares.empty()) {
      table_.add(entry.interface, entry.address, true, slots);
      continue;
    }
    const net::MacAddress mac = data.interfaces[entry.interface].mac;
    const Slot own{.mac = mac, .source = mac, .lease = kOwnLease, .vhid = 0, .master = true};
    table_.add(entry.interface, entry.address, false, {&own, 1});
  }
  for (const Share& share : data.vhosts_0) table_.add_vhost(0, slot_of(0, share));
}

Slot Scene::slot_of(InterfaceIndex interface, const Share& share) {
  const net::MacAddress mac = net::virtual_mac(share.vhid);
  const uint16_t lease = lease_of(interface, share.vhid);
  if (share.standing != Standing::backup) {
    leases_.set(lease, share.standing == Standing::master ? kNow + 1 : kNow);
  }
  const bool master = share.standing != Standing::backup;
  return {.mac = mac, .source = mac, .lease = lease, .vhid = share.vhid, .master = master};
}

Outcome run(const Scene& scene, const net::Frame& frame, PortId port) {
  const auto buffer = std::make_unique<uint8_t[]>(frame.size());
  std::copy(frame.begin(), frame.end(), buffer.get());
  const Reason reason = process({buffer.get(), frame.size()}, port, scene.table(), kNow);
  net::Frame after(buffer.get(), buffer.get() + frame.size());
  if (verdict_of(reason) != Verdict::transmit) {
    EXPECT_EQ(after, frame) << info_of(reason).name;
  }
  return {reason, std::move(after)};
}

void check_rows(const Scene& scene, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.sentence);
    const Outcome outcome = run(scene, row.in, row.port);
    EXPECT_EQ(info_of(outcome.reason).name, info_of(row.reason).name);
    EXPECT_TRUE(support::same_frame(outcome.frame, row.out.empty() ? row.in : row.out));
  }
}

const SceneData& standard_data() {
  using support::ip;
  static const SceneData data{
      .interfaces = {{0, net::kUntagged, kPortMac}, {0, 100, kPortMac}},
      .addresses = {{0, ip("192.168.1.3")},
                    {0, ip("192.168.1.50"), {{1, Standing::master}}},
                    {0, ip("192.168.1.51"), {{2, Standing::backup}}},
                    {0, ip("192.168.1.52"), {{3, Standing::lapsed}}},
                    {0, ip("192.168.1.10"), {{4, Standing::master}, {5, Standing::backup}}},
                    {1, ip("10.0.0.3")},
                    {1, ip("10.0.0.50"), {{1, Standing::backup}}},
                    {1, ip("10.0.0.51"), {{9, Standing::master}}}},
      .vhosts_0 = {{6, Standing::master}, {7, Standing::backup}}};
  return data;
}

const Scene& standard_scene() {
  static const Scene scene(standard_data());
  return scene;
}

const SceneData& host_data() {
  static const SceneData data = [] {
    SceneData with_hosts = standard_data();
    with_hosts.interfaces[0].host = kHost;
    with_hosts.interfaces[1].host = kVlanHost;
    return with_hosts;
  }();
  return data;
}

const Scene& host_scene() {
  static const Scene scene(host_data());
  return scene;
}

}  // namespace carp::dataplane
