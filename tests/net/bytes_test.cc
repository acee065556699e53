// SPDX-License-Identifier: BSD-3-Clause
#include "lib/net/bytes.h"

#include <gtest/gtest.h>

#include <limits>

#include "lib/net/arp.h"
#include "lib/net/ethernet.h"

namespace carp::net {
namespace {

TEST(Hex, TextReadsBackAsTheSameBytes) {
  std::vector<uint8_t> all(256);
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<uint8_t>(i);
  EXPECT_EQ(from_hex(to_hex(all)), all);
  EXPECT_EQ(to_hex(std::vector<uint8_t>{0x0a, 0x1b, 0xff}), "0a1bff");
  EXPECT_EQ(from_hex("0A1bFf"), (std::vector<uint8_t>{0x0a, 0x1b, 0xff}));
  EXPECT_EQ(from_hex(""), std::vector<uint8_t>{});
}

TEST(Hex, RefusesOddLengthsAndOtherCharacters) {
  for (const char* text : {"0", "0a1", "0g", "g0", " 0", "0x", "0a 1b", "-1", "0a\n0"}) {
    EXPECT_EQ(from_hex(text), std::nullopt) << '"' << text << '"';
  }
}

// Every length and offset around the size of the header, and those that would overflow a sum.
TEST(ViewAt, IsNullExactlyWhereTheHeaderDoesNotFit) {
  std::vector<uint8_t> storage(64);
  for (size_t length = 0; length <= storage.size(); ++length) {
    const Bytes bytes(storage.data(), length);
    for (size_t offset = 0; offset <= 80; ++offset) {
      const bool fits = offset + sizeof(ArpPacket) <= length;
      const auto* view = view_at<ArpPacket>(bytes, offset);
      EXPECT_EQ(view != nullptr, fits) << length << " bytes, offset " << offset;
      if (fits) {
        EXPECT_EQ(reinterpret_cast<const uint8_t*>(view), storage.data() + offset);
      }
      EXPECT_EQ(view_at<ArpPacket>(ConstBytes(bytes), offset) != nullptr, fits);
    }
    EXPECT_EQ(view_at<ArpPacket>(bytes, std::numeric_limits<size_t>::max()), nullptr);
    EXPECT_EQ(view_at<ArpPacket>(bytes, std::numeric_limits<size_t>::max() - 27), nullptr);
  }
}

TEST(BytesOf, IsTheHeaderAsOnTheWire) {
  EXPECT_EQ(to_hex(bytes_of(VlanTag{Be16(100), Be16(kEtherTypeArp)})), "00640806");
}

}  // namespace
}  // namespace carp::net
