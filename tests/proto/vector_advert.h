// SPDX-License-Identifier: BSD-3-Clause
//
// What a vector says about an advertisement, as our types.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/proto/auth.h"
#include "lib/proto/wire.h"
#include "tests/support/vectors.h"

namespace carp::proto {

// The key of "pass" by "key_rule": ifconfig where it is missing.
[[nodiscard]] Key key_of(const nlohmann::json& params);

// The IPv4 addresses of "v4". Those of "v6" have no part: this program hashes IPv4 alone.
[[nodiscard]] std::vector<net::Ipv4Prefix> addresses_of(const nlohmann::json& params);

[[nodiscard]] Authenticator authenticator_of(const nlohmann::json& params);

// The counter of an ADV vector.
[[nodiscard]] uint64_t counter_of(const nlohmann::json& params);

}  // namespace carp::proto
