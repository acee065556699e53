// SPDX-License-Identifier: BSD-3-Clause
//
// Which of the virtual hosts sharing an address answers a given client. Every node computes the
// same answer from the same configuration, so exactly one of them replies, even while they
// disagree about who is master. Pure; any thread, per frame.
#pragma once

#include <cstdint>

#include "lib/net/address.h"

namespace carp::proto {

// Index of the slot for `sender` among `count` (C110, D7): the address as a number, most
// significant byte first, modulo the count. Requires: count > 0.
[[nodiscard]] constexpr uint32_t choose_slot(net::Ipv4Address sender, uint32_t count) noexcept {
  return sender.value % count;
}

}  // namespace carp::proto
