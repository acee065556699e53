// SPDX-License-Identifier: BSD-3-Clause
//
// Which user of this machine holds the other end of a TCP connection (I3.1). Asked of the kernel by
// NETLINK_SOCK_DIAG, one exact look-up, answered within the call: no dump, no /proc, no waiting.
// Used by the console for each connection it accepts; control's thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "lib/control/config.h"

namespace carp::control {

class PeerUid {
 public:
  // Asks for `listener`, a listening socket of this program, as a trial. It makes the kernel load
  // its module now rather than while the program runs, and where it is not answered nothing is
  // asked later: find() knows nobody.
  explicit PeerUid(const Endpoint& listener);
  ~PeerUid();
  PeerUid(const PeerUid&) = delete;
  PeerUid& operator=(const PeerUid&) = delete;

  // The owner of the socket at `peer` connected to `own`. Nothing if it is on another machine or in
  // another network namespace, has been closed meanwhile, or the kernel does not say.
  [[nodiscard]] std::optional<uid_t> find(const Endpoint& peer, const Endpoint& own);

 private:
  struct Found;
  [[nodiscard]] std::optional<Found> look_up(const Endpoint& local, const Endpoint& remote);

  int netlink_ = -1;  // -1: the kernel does not answer
  uint32_t sequence_ = 0;
};

}  // namespace carp::control
