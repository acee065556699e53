// SPDX-License-Identifier: BSD-3-Clause
//
// A worker on a fake card, driven by a thread of the test. Whoever drives it delivers frames and
// takes what was sent, too: from the wire to the wire is one thread, and all that passes to control
// passes through the mailbox.
//
// A table gives out a MAC address that holds its generation, so a reply tells by which table it was
// decided.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/dpdk/mailbox.h"
#include "lib/dpdk/port.h"
#include "lib/dpdk/worker.h"
#include "tests/dpdk/ring_port.h"

namespace carp::race {

inline constexpr uint16_t kLease = 1;
inline constexpr dataplane::Ticks kForever = ~dataplane::Ticks{0};

class WorkerRig {
 public:
  // `number` is the worker's.
  explicit WorkerRig(unsigned number);

  [[nodiscard]] dpdk::Mailbox& mailbox() noexcept { return mailbox_; }
  [[nodiscard]] dpdk::Worker& worker() noexcept { return worker_; }
  [[nodiscard]] const dpdk::WorkerStatus& status() const noexcept { return worker_.status(); }
  [[nodiscard]] const dpdk::MbufPool& pool() const noexcept { return pool_; }
  [[nodiscard]] const dpdk::Topology& topology() const noexcept { return topology_; }
  [[nodiscard]] dataplane::PortId port() const noexcept { return port_.id(); }
  [[nodiscard]] uint64_t count(dataplane::Reason reason) const noexcept {
    return worker_.status().counters.of(reason).get();
  }

  // The worker's thread.
  void deliver(net::ConstBytes frame) { wire_.deliver(pool_, frame); }
  [[nodiscard]] std::vector<net::Frame> take_sent() { return wire_.take_sent(); }

 private:
  // In the order of need: the last one goes first.
  dpdk::MbufPool pool_;
  dpdk::RingPort wire_;
  dpdk::Port port_;
  dpdk::Mailbox mailbox_;
  dpdk::Topology topology_;
  dpdk::Worker worker_;
};

// A table of that generation for these ports: MASTER of vhid 1, under kLease of the board.
[[nodiscard]] std::unique_ptr<const dataplane::ForwardTable> make_table(
    uint64_t generation, const dataplane::LeaseBoard& leases,
    const std::vector<dataplane::PortId>& ports);
[[nodiscard]] std::unique_ptr<const dataplane::ForwardTable> make_table(
    uint64_t generation, const dataplane::LeaseBoard& leases, const std::vector<WorkerRig*>& rigs);

// Who has the shared address?
[[nodiscard]] net::Frame request_frame();
// The generation of the table that decided this reply.
[[nodiscard]] uint64_t generation_of(const net::Frame& reply);
// An advertisement or a stranger's ARP for the shared address, as far as workers care, with a
// number, and the same number of a frame that came out of a ring.
[[nodiscard]] net::Frame advert_frame(uint32_t number);
[[nodiscard]] net::Frame conflict_frame(uint32_t number);
[[nodiscard]] uint32_t number_of(net::ConstBytes frame);

}  // namespace carp::race
