// SPDX-License-Identifier: BSD-3-Clause
//
// Virtual MACs in a port's address filter (I2.2). Control's thread.
#pragma once

#include <span>

#include "lib/dataplane/table.h"
#include "lib/dpdk/port.h"

namespace carp::dpdk {

// Shall the filter be used? `fits`: its table holds all virtual MACs besides the port's own.
// `on` overrules the driver's profile, for whoever knows better.
[[nodiscard]] constexpr bool wants_filter(MacFilter configured, MacTable table,
                                          bool fits) noexcept {
  if (configured == MacFilter::automatic) return table == MacTable::usable && fits;
  return configured == MacFilter::on;
}

// Receive frames for these MACs, for the CARP group and for all systems. False where the driver
// refuses one of them; those before it stay in the filter.
[[nodiscard]] bool add_to_filter(dataplane::PortId port, std::span<const net::MacAddress> macs);

}  // namespace carp::dpdk
