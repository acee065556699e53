// SPDX-License-Identifier: BSD-3-Clause
//
// Comparison of frames that says which fields differ:
//
//   EXPECT_TRUE(support::same_frame(actual, expected));
#pragma once

#include <gtest/gtest.h>

#include "lib/net/bytes.h"

namespace carp::support {

// Success when both are equal byte for byte; otherwise every field that is not the same, as
// "arp.sender_ip: 10.0.0.1, expected 10.0.0.2".
[[nodiscard]] testing::AssertionResult same_frame(net::ConstBytes actual, net::ConstBytes expected);

}  // namespace carp::support
