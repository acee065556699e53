// SPDX-License-Identifier: BSD-3-Clause
//
// Everything that passes between control and one worker: rings, each with one producer and one
// consumer. There is no other shared state but the words per virtual host and the worker's status.
//
//     control -> worker    tables       the newest is adopted, between two bursts
//     worker -> control    retired      tables that the worker will never read again
//     worker -> control    adverts      advertisements that continue their virtual host's (punt)
//                          unexpected   those that do not (punt)
//                          invalid      those that cannot be right (punt)
//                          conflicts    ARP of strangers for our addresses (punt)
//                          queries      IGMP queries (punt)
//     control -> worker    priority     frames to send before anything else
//     worker -> control    completions  what became of each priority frame
//
// Each kind of punt has a ring of its own, so that a storm of one displaces none of another; the
// first, which counts most, has eight, by vhid: who knows enough of one group to forge what it
// would say next crowds an eighth of the others, not all.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "lib/dataplane/reason.h"
#include "lib/dataplane/table.h"
#include "lib/dpdk/spsc_ring.h"
#include "lib/net/bytes.h"

struct rte_mbuf;

namespace carp::dpdk {

inline constexpr unsigned kTableRingSize = 16;
inline constexpr size_t kAdvertLanes = 8;
// Control reads them every few microseconds; together they last for a stall of half a second under
// 2,000 vhosts.
inline constexpr unsigned kAdvertLaneSize = 128;
inline constexpr unsigned kUnexpectedRingSize = 256;
inline constexpr unsigned kInvalidRingSize = 64;
inline constexpr unsigned kConflictRingSize = 128;
inline constexpr unsigned kQueryRingSize = 64;
// Frames that may wait for control, all kinds together.
inline constexpr unsigned kPuntsAtMost = kAdvertLanes * kAdvertLaneSize + kUnexpectedRingSize +
                                         kInvalidRingSize + kConflictRingSize + kQueryRingSize;
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
  // Each calls `on_punt` for what is in the ring, `limit` frames at most; answers how many. The
  // lanes of the adverts are served in turns.
  size_t take_adverts(size_t limit, const OnPunt& on_punt);
  size_t take_unexpected(size_t limit, const OnPunt& on_punt);
  size_t take_invalid(size_t limit, const OnPunt& on_punt);
  size_t take_conflicts(size_t limit, const OnPunt& on_punt);
  size_t take_queries(size_t limit, const OnPunt& on_punt);

  // The worker's end.

  // Where a frame goes that process() gave this reason. Requires: its verdict is punt.
  [[nodiscard]] SpscRing<rte_mbuf*>& ring_for(dataplane::Reason reason,
                                              net::ConstBytes frame) noexcept;

  // The rings. Worker and Transmitter use them as the table above says; nobody else does.
  SpscRing<const dataplane::ForwardTable*> tables;
  SpscRing<const dataplane::ForwardTable*> retired;
  std::array<SpscRing<rte_mbuf*>, kAdvertLanes> adverts;
  SpscRing<rte_mbuf*> unexpected;
  SpscRing<rte_mbuf*> invalid;
  SpscRing<rte_mbuf*> conflicts;
  SpscRing<rte_mbuf*> queries;
  SpscRing<PriorityFrame> priority;
  SpscRing<Completion> completions;

 private:
  size_t next_lane_ = 0;  // control's: whose turn it is
};

}  // namespace carp::dpdk
