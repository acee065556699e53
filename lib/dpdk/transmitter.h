// SPDX-License-Identifier: BSD-3-Clause
//
// Control's way to the wire: on a port with a transmit queue to spare control sends by itself, on
// the others through the worker that owns the queue, which sends before anything else. Frames of
// one port leave in the order of `send`. Control's thread only.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "lib/dpdk/mailbox.h"
#include "lib/dpdk/mbuf_pool.h"
#include "lib/dpdk/topology.h"
#include "lib/net/bytes.h"

namespace carp::dpdk {

enum class ControlTx : uint8_t { own, shared };

enum class SendOutcome : uint8_t {
  sent,       // the port has it
  queued,     // with the worker: `collect` will tell
  no_buffer,  // out of mbufs (onomem, C104)
  refused,    // the port, or the ring to the worker, is full
};

// A frame that a worker could not send for so long is dropped: by then it may be untrue. Longer
// than a worker waits for its turn where several lcores share a CPU.
inline constexpr uint64_t kPriorityPatienceMs = 20;

// How one port is reached.
struct TransmitPort {
  ControlRoute route;
  const MbufPool* pool = nullptr;
};

using OnSent = std::function<void(SendToken token, bool sent)>;

class Transmitter {
 public:
  // `mailboxes` by worker number. All must outlive the transmitter.
  Transmitter(std::span<const TransmitPort> ports, std::span<Mailbox* const> mailboxes,
              uint64_t patience_ms = kPriorityPatienceMs);

  // Sends a copy of `frame`. Only after `queued` will `collect` name the token, and then once.
  // Requires: `port` is one of those given.
  [[nodiscard]] SendOutcome send(dataplane::PortId port, net::ConstBytes frame, SendToken token);

  // Calls `on_sent` for each queued frame that a worker has sent or given up since the last call.
  void collect(const OnSent& on_sent);

  // Nothing is with the workers any more.
  [[nodiscard]] bool is_idle() const noexcept;
  // I3.4, control_tx. Requires: `port` is one of those given.
  [[nodiscard]] ControlTx control_tx(dataplane::PortId port) const noexcept;

 private:
  [[nodiscard]] const TransmitPort& find(dataplane::PortId port) const noexcept;

  std::vector<TransmitPort> ports_;
  std::vector<Mailbox*> mailboxes_;
  dataplane::Ticks patience_;
  std::vector<unsigned> outstanding_;  // by worker: queued and not yet collected
};

}  // namespace carp::dpdk
