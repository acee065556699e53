// SPDX-License-Identifier: BSD-3-Clause
//
// The key field from what a person writes: a pass phrase, or hexadecimal digits (C30 to C34, D2).
// Whether an empty or overlong one is a fault or a warning is the configuration's part. Any thread.
#pragma once

#include <string_view>

#include "lib/net/bytes.h"
#include "lib/proto/vhost_config.h"

namespace carp::proto {

// What ifconfig keeps of a pass phrase: 19 bytes and a terminating zero (C31).
inline constexpr size_t kPassBytesMax = 19;

// The bytes as they are, at most 19 of them (C31, C32).
[[nodiscard]] Key key_from_pass(std::string_view pass);
// At most 20 bytes, which no pass phrase can set (C34).
[[nodiscard]] Key key_from_bytes(net::ConstBytes bytes);

}  // namespace carp::proto
