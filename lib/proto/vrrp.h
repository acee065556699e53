// SPDX-License-Identifier: BSD-3-Clause
//
// VRRP has CARP's protocol number, group and virtual MACs (C5): enough of its format to tell an
// operator that a frame refused as an advertisement is none. Pure; control only.
#pragma once

#include <cstdint>
#include <optional>

#include "lib/net/bytes.h"

namespace carp::proto {

// The virtual router ID of a VRRP advertisement of version 2 or 3 (RFC 3768, RFC 5798), with or
// without a VLAN tag; nothing where the frame is something else.
[[nodiscard]] std::optional<uint8_t> vrrp_router(net::ConstBytes frame);

}  // namespace carp::proto
