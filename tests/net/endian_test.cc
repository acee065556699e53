// SPDX-License-Identifier: BSD-3-Clause
#include "lib/net/endian.h"

#include <gtest/gtest.h>

#include "lib/net/bytes.h"

namespace carp::net {
namespace {

TEST(BigEndian, StandsMostSignificantByteFirst) {
  EXPECT_EQ(to_hex(bytes_of(Be16(0x0102))), "0102");
  EXPECT_EQ(to_hex(bytes_of(Be32(0x01020304))), "01020304");
  EXPECT_EQ(to_hex(bytes_of(Be64(0x0102030405060708))), "0102030405060708");
}

TEST(BigEndian, GivesBackWhatWasSet) {
  for (uint32_t value = 0; value <= 0xffff; ++value) {
    EXPECT_EQ(Be16(static_cast<uint16_t>(value)).get(), value);
  }
  Be64 wide;
  EXPECT_EQ(wide.get(), 0u);
  wide.set(~uint64_t{1});
  EXPECT_EQ(wide.get(), ~uint64_t{1});
}

TEST(BigEndian, IsAConstantExpression) {
  static_assert(Be32(0xc0a80132).get() == 0xc0a80132);
  static_assert(Be16(1) == Be16(1) && Be16(1) != Be16(256));
}

// Headers hold it at odd offsets.
TEST(BigEndian, NeedsNoAlignment) {
  const std::vector<uint8_t> bytes{0xff, 0x12, 0x34, 0x56, 0x78};
  EXPECT_EQ(view_at<Be32>(ConstBytes(bytes), 1)->get(), 0x12345678u);
}

}  // namespace
}  // namespace carp::net
