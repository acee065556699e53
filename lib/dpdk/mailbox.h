// SPDX-License-Identifier: BSD-3-Clause
//
// Everything that passes between control and one worker: six rings, each with one producer and one
// consumer. There is no other shared state but the lease words and the worker's status.
//
//     control -> worker    tables       the newest is adopted, between two bursts
//     worker -> control    retired      tables that the worker will never read again
//     worker -> control    adverts      advertisements (punt)
//     worker -> control    conflicts    ARP of strangers for our addresses (punt)
//     control -> worker    priority     frames to send before anything else
//     worker -> control    completions  what became of each priority frame
//
// Adverts and conflicts are apart, so that an ARP storm can't displace an advertisement.
#pragma once

#include <cstdint>
#include <functional>

#include "lib/dataplane/table.h"
#include "lib/dpdk/spsc_ring.h"
#include "lib/net/bytes.h"

struct rte_mbuf;

namespace carp::dpdk {

inline constexpr unsigned kTableRingSize = 16;
// Control reads them every few microseconds; sized for a stall of half a second under 2,000 vhosts.
inline constexpr unsigned kAdvertRingSize = 1024;
inline constexpr unsigned kConflictRingSize = 128;
// All vhosts of four ports may advertise at once.
inline constexpr unsigned kPriorityRingSize = 1024;

// Names the sender's request in its completion.
using SendToken = uint64_t;

struct PriorityFrame {
  rte_mbuf* mbuf = nullptr;
  SendToken token = 0;
  dataplane::Ticks latest = 0;  // not sent by then: dropped, so that no old news goes out
  dataplane::PortId port = 0;
  uint16_t tx_queue = 0;
  uint32_t unused = 0;
};

struct Completion {
  SendToken token = 0;
  uint64_t sent = 0;  // 1 sent, 0 not
};

// What control does with a punted frame; the bytes are valid during the call only.
using OnPunt = std::function<void(dataplane::PortId port, net::ConstBytes frame)>;

class Mailbox {
 public:
  // `worker` is its number. Throws StartError (69) where there is no memory.
  Mailbox(unsigned worker, int socket);
  ~Mailbox();  // frees the frames still in it. Requires: the worker has stopped.
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Control's end.

  // Hands a table over; it stays valid until it comes back by `take_retired`, or the worker has
  // stopped. False where the worker has not taken the last ones: try again later.
  [[nodiscard]] bool post(const dataplane::ForwardTable* table) noexcept {
    return tables.push(table);
  }
  // A table that the worker has let go of; null when there is none. A table that was overtaken by a
  // newer one before the worker saw it comes back as well.
  [[nodiscard]] const dataplane::ForwardTable* take_retired() noexcept;
  // Calls `on_punt` for what is in the ring, `limit` frames at most; answers how many.
  size_t take_adverts(size_t limit, const OnPunt& on_punt);
  size_t take_conflicts(size_t limit, const OnPunt& on_punt);

  // The rings. Worker and Transmitter use them as the table above says; nobody else does.
  SpscRing<const dataplane::ForwardTable*> tables;
  SpscRing<const dataplane::ForwardTable*> retired;
  SpscRing<rte_mbuf*> adverts;
  SpscRing<rte_mbuf*> conflicts;
  SpscRing<PriorityFrame> priority;
  SpscRing<Completion> completions;
};

}  // namespace carp::dpdk
