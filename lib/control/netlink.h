// SPDX-License-Identifier: BSD-3-Clause
//
// The kernel's side of a host interface by rtnetlink: what is, what to change, and word of any
// change. Each call may wait for a lock of the kernel that others hold for seconds, so control
// never makes one: the host keeper's thread only.
#pragma once

#include <libmnl/libmnl.h>

#include <memory>
#include <optional>
#include <string>

#include "lib/control/host_plan.h"

namespace carp::control {

class Netlink {
 public:
  // Throws std::system_error where the kernel gives no such socket.
  Netlink();

  // Nothing where there is no tap of that name; an interface of another kind is somebody else's.
  [[nodiscard]] std::optional<KernelLink> look(const std::string& name);
  // Takes one step towards `wish`; answers 0, or the error.
  [[nodiscard]] int take(const HostStep& step, const HostWish& wish, unsigned index);

  // Readable where links or addresses have changed, ours or others'.
  [[nodiscard]] int descriptor() const;
  // Reads all that is there.
  void drain();

 private:
  struct Close {
    void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
  };
  using Socket = std::unique_ptr<mnl_socket, Close>;

  [[nodiscard]] static Socket open(unsigned groups, int flags);
  // Sends a request and reads its answers; 0, or the error.
  [[nodiscard]] int ask(nlmsghdr* request, mnl_cb_t on_answer, void* context);

  Socket requests_;
  Socket changes_;
  unsigned sequence_ = 0;
};

}  // namespace carp::control
