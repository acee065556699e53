// SPDX-License-Identifier: BSD-3-Clause
//
// Something that must hold at every step of every scenario. Each invariant listens to what the
// world does and throws Broken where it does not hold.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "lib/control/vhost_entry.h"
#include "lib/net/bytes.h"
#include "tests/sim/fault.h"
#include "tests/sim/parcel.h"

namespace carp::sim {

class Appliance;
class World;

struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A virtual host has changed its state.
struct VhostChange {
  const Appliance& host;
  const std::string& name;
  size_t lan;
  uint8_t vhid;
  proto::State from;
  proto::State to;
  proto::Reason reason;
  const control::VhostEntry* entry;  // null: it was removed in the same pass
};

// Control of a host has judged an advertisement.
struct AdvertHeard {
  const Appliance& host;
  size_t lan;
  const Packet& packet;
  const control::VhostEntry* entry;  // of its vhid; null: none
  proto::Advert advert;              // as far as it could be parsed
  bool parsed;
  bool accepted;
  bool looped;   // taken for our own
  bool changed;  // state or timers of any virtual host are others than before
};

// A client asked for an address and waited: by ARP, or by an echo request to the MAC in his cache.
struct Asked {
  std::optional<net::MacAddress> echo_to;  // nullopt: by ARP
  StationId client;
  size_t lan;
  net::Ipv4Address own;
  net::Ipv4Address address;
  proto::TimePoint at;
  std::vector<net::MacAddress> answers;
  std::vector<StationId> answerers;
};

class Invariant {
 public:
  virtual ~Invariant() = default;

  virtual void on_boot(const Appliance&) {}
  // A fault begins.
  virtual void on_fault(const Fault&) {}
  virtual void on_change(const VhostChange&) {}
  // Control hands a frame to its port, which may not take it, or have no link.
  virtual void on_written(const Appliance&, size_t /*lan*/, net::ConstBytes, bool /*taken*/) {}
  // A frame leaves a port of ours, written by control or by a worker.
  virtual void on_frame(const Appliance&, size_t /*lan*/, net::ConstBytes) {}
  virtual void on_heard(const AdvertHeard&) {}
  // Control hears a multicast router's query.
  virtual void on_query(const Appliance&, size_t /*lan*/, bool /*is_general*/) {}
  // After a pass of control, and when workers take a table.
  virtual void on_step(const Appliance&) {}
  virtual void on_table(const Appliance&, uint64_t /*generation*/) {}
  virtual void on_asked(const Asked&) {}
  // A host that was stopped has done all it had to.
  virtual void on_power_off(const Appliance&) {}
  // The faults are over and everybody had time to settle; and the end of the quiet time.
  virtual void on_settled() {}
  virtual void on_end() {}
};

[[nodiscard]] std::vector<std::unique_ptr<Invariant>> all_invariants(World& world);

}  // namespace carp::sim
