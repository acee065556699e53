// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/transmitter.h"

#include <rte_ethdev.h>

#include <algorithm>
#include <cassert>

#include "lib/dpdk/mbuf.h"
#include "lib/dpdk/tsc_clock.h"

namespace carp::dpdk {
Transmitter::Transmitter(std::span<const TransmitPort> ports, std::span<Mailbox* const> mailboxes,
                         uint64_t patience_ms)
    : ports_(ports.begin(), ports.end()),
      mailboxes_(mailboxes.begin(), mailboxes.end()),
      patience_(ticks_per_second() * patience_ms / 1000),
      outstanding_(mailboxes.size()) {}

SendOutcome Transmitter::send(dataplane::PortId port, net::ConstBytes frame, SendToken token) {
  const TransmitPort& to = find(port);
  rte_mbuf* mbuf = mbuf_from(to.pool->handle(), frame);
  if (mbuf == nullptr) return SendOutcome::no_buffer;
  if (!to.route.worker) {
    if (rte_eth_tx_burst(port, to.route.tx_queue, &mbuf, 1) == 1) return SendOutcome::sent;
  } else {
    // Never more on the way than completions fit in, or the worker could not tell.
    unsigned& outstanding = outstanding_[*to.route.worker];
    Mailbox& mailbox = *mailboxes_[*to.route.worker];
    if (outstanding < mailbox.completions.capacity() &&
        mailbox.priority.push({mbuf, token, ticks_now() + patience_, port, to.route.tx_queue, 0})) {
      ++outstanding;
      return SendOutcome::queued;
    }
  }
  rte_pktmbuf_free(mbuf);
  return SendOutcome::refused;
}

void Transmitter::collect(const OnSent& on_sent) {
  for (size_t worker = 0; worker < mailboxes_.size(); ++worker) {
    // No more than there were at first: `on_sent` may send again.
    unsigned ready = mailboxes_[worker]->completions.count();
    Completion completion;
    for (; ready > 0 && mailboxes_[worker]->completions.pop(completion); --ready) {
      --outstanding_[worker];
      on_sent(completion.token, completion.sent != 0);
    }
  }
}

bool Transmitter::is_idle() const noexcept {
  return std::all_of(outstanding_.begin(), outstanding_.end(), [](unsigned n) { return n == 0; });
}

ControlTx Transmitter::control_tx(dataplane::PortId port) const noexcept {
  return find(port).route.worker ? ControlTx::shared : ControlTx::own;
}

const TransmitPort& Transmitter::find(dataplane::PortId port) const noexcept {
  const auto found = std::find_if(ports_.begin(), ports_.end(), [port](const TransmitPort& entry) {
    return entry.route.port == port;
  });
  assert(found != ports_.end());
  return *found;
}

}  // namespace carp::dpdk
