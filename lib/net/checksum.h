// SPDX-License-Identifier: BSD-3-Clause
//
// The Internet checksum (RFC 1071). Used for IPv4 headers, ICMP and the CARP header (C25), which
// has no pseudo header (C26). Any thread.
#pragma once

#include "lib/net/bytes.h"
#include "lib/net/endian.h"

namespace carp::net {

// The value for the checksum field of `bytes`, whose field holds zero; over bytes that contain
// their checksum it is 0 exactly when that is right.
[[nodiscard]] Be16 internet_checksum(ConstBytes bytes) noexcept;

// `checksum` mended for one 16 bit word that changes from `before` to `after` (RFC 1624, eqn. 3).
// Where everything else is zero too, its 0 stands for 0xffff.
[[nodiscard]] Be16 update_checksum(Be16 checksum, Be16 before, Be16 after) noexcept;

}  // namespace carp::net
