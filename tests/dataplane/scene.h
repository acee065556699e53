// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of this folder look at: interfaces, addresses and vhosts as plain data, the table
// made of them, and one frame's way through it.
#pragma once

#include <string>
#include <vector>

#include "lib/dataplane/process.h"
#include "lib/net/build.h"
#include "tests/support/frames.h"

namespace carp::dataplane {

inline constexpr Ticks kNow = 1000;

// How we stand to a vhost at kNow. `lapsed`: MASTER in the table, its lease just over.
enum class Standing { backup, master, lapsed };

struct Share {
  uint8_t vhid;
  Standing standing;
};

// An address of an interface; an own one where it has no shares.
struct Address {
  InterfaceIndex interface;
  net::Ipv4Address address;
  std::vector<Share> shares = {};
};

struct SceneData {
  std::vector<Interface> interfaces;
  std::vector<Address> addresses;
  std::vector<Share> vhosts_0 = {};  // of interface 0, that no address has a slot for (D8)
};

// The table of a scene and the leases it refers to.
class Scene {
 public:
  explicit Scene(const SceneData& data);

  [[nodiscard]] const ForwardTable& table() const { return table_; }

  // What control accepted or sent last for that vhost; 0 at first.
  void set_counter(InterfaceIndex interface, uint8_t vhid, uint64_t counter) {
    leases_.set_counter(lease_of(interface, vhid), counter);
  }

 private:
  [[nodiscard]] static uint16_t lease_of(InterfaceIndex interface, uint8_t vhid) noexcept {
    return static_cast<uint16_t>(interface * 255 + vhid);
  }
  [[nodiscard]] Slot slot_of(InterfaceIndex interface, const Share& share);

  LeaseBoard leases_;
  ForwardTable table_;
};

struct Outcome {
  Reason reason;
  net::Frame frame;
};

// What becomes of `frame`. It is processed in a heap buffer of exactly its size, so that the
// address sanitizer sees every access outside. Fails the test if a frame that is not answered was
// changed.
[[nodiscard]] Outcome run(const Scene& scene, const net::Frame& frame, PortId port = 0);

// One row of a table of cases. Where `out` is empty the frame must stay as it was.
struct Row {
  std::string sentence;
  net::Frame in;
  Reason reason;
  net::Frame out = {};
  PortId port = 0;
};
void check_rows(const Scene& scene, const std::vector<Row>& rows);

// Two interfaces on port 0, untagged and VLAN 100. Their addresses:
//
//   interface 0   192.168.1.3    own
//                 192.168.1.50   vhid 1, MASTER
//                 192.168.1.51   vhid 2, BACKUP
//                 192.168.1.52   vhid 3, MASTER, lease lapsed
//                 192.168.1.10   balanced: vhid 4 MASTER, vhid 5 BACKUP
//                 no address     vhid 6 MASTER, vhid 7 BACKUP (known by their virtual MACs only)
//   interface 1   10.0.0.3       own
//                 10.0.0.50      vhid 1, BACKUP
//                 10.0.0.51      vhid 9, MASTER
[[nodiscard]] const SceneData& standard_data();
[[nodiscard]] const Scene& standard_scene();

// The same with a kernel interface beside each of the two.
inline constexpr HostId kHost = 3;
inline constexpr HostId kVlanHost = 0;
[[nodiscard]] const SceneData& host_data();
[[nodiscard]] const Scene& host_scene();

inline constexpr net::MacAddress kPortMac{{0x02, 0, 0, 0, 0, 0x0a}};
inline constexpr net::MacAddress kClientMac{{0x02, 0, 0, 0, 0, 0x77}};

}  // namespace carp::dataplane
