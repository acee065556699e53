// SPDX-License-Identifier: BSD-3-Clause
//
// The vectors of docs/spec/vectors.json, one gtest parameter each:
//
//   INSTANTIATE_TEST_SUITE_P(Vectors, ArpVector, testing::ValuesIn(support::vectors("arp")),
//                            support::vector_name);
//
// so that a failing row is named by its id in the specification.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "lib/net/build.h"

namespace carp::support {

struct Vector {
  std::string id;       // "ARP-001"
  std::string note;     // what it is about
  nlohmann::json json;  // the whole vector: params, expect and what else its kind has
};

// All vectors of a kind, in file order. Throws where there is none: a test over an empty list
// would pass without having looked at anything.
[[nodiscard]] std::vector<Vector> vectors(std::string_view kind);

// The vector with this id. Throws where there is none.
[[nodiscard]] Vector vector_by_id(std::string_view id);

// "ARP_001", since gtest allows no hyphen in a name.
[[nodiscard]] std::string vector_name(const testing::TestParamInfo<Vector>& info);

// The bytes of a field that holds hexadecimal digits. Throws on anything else.
[[nodiscard]] net::Frame hex_field(const nlohmann::json& object, std::string_view key);

// For gtest: a whole JSON document is no good name for a failed row.
void PrintTo(const Vector& vector, std::ostream* out);

}  // namespace carp::support
