// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/key.h"

#include <gtest/gtest.h>

#include "tests/proto/vector_advert.h"

namespace carp::proto {
namespace {

class KeyVector : public testing::TestWithParam<support::Vector> {};

// KEY-001 and KEY-002 are UCarp's refusals; this program takes both (D2): the configuration warns
// of a phrase that is missing or cut.
TEST_P(KeyVector, GivesTheKeyField) {
  nlohmann::json params = GetParam().json["params"];
  if (params["key_rule"] == "ucarp") {
    params["key_rule"] = "ifconfig";
    const std::string kept = params["pass"].get<std::string>().substr(0, 19);
    EXPECT_EQ(key_of(params), key_from_pass(kept));
    return;
  }
  EXPECT_EQ(net::to_hex(key_of(params).bytes), GetParam().json["expect"]["key_hex"]);
}

INSTANTIATE_TEST_SUITE_P(Vectors, KeyVector, testing::ValuesIn(support::vectors("key")),
                         support::vector_name);

TEST(Key, PhrasesThatAgreeInNineteenBytesAreTheSameKey) {
  EXPECT_EQ(key_from_pass("0123456789012345678A"), key_from_pass("0123456789012345678B"));
  EXPECT_NE(key_from_pass("012345678901234567A"), key_from_pass("012345678901234567B"));
}

TEST(Key, KeepsZeroBytesInsideAPhrase) {
  using namespace std::string_view_literals;
  EXPECT_NE(key_from_pass("a\0b"sv), key_from_pass("a"));
  EXPECT_EQ(key_from_pass("a\0\0"sv), key_from_pass("a"));
}

TEST(Key, NoPhraseIsTwentyZeroBytes) {
  EXPECT_EQ(key_from_pass(""), Key{});
  EXPECT_EQ(key_from_bytes({}), Key{});
}

}  // namespace
}  // namespace carp::proto
