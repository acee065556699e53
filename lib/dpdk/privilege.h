// SPDX-License-Identifier: BSD-3-Clause
//
// What this process may do: only for telling "permission missing" (77) from "not there" (69) in
// messages at start-up. Any thread.
#pragma once

namespace carp::dpdk {

// CAP_SYS_ADMIN: hugepages, /dev/vfio, UIO.
[[nodiscard]] bool may_administer_system() noexcept;
// CAP_NET_ADMIN and CAP_NET_RAW: packet sockets, taps, promiscuous mode.
[[nodiscard]] bool may_administer_network() noexcept;

}  // namespace carp::dpdk
