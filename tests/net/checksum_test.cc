// SPDX-License-Identifier: BSD-3-Clause
#include "lib/net/checksum.h"

#include <gtest/gtest.h>

#include <random>

#include "lib/net/ipv4.h"
#include "tests/support/vectors.h"

namespace carp::net {
namespace {

constexpr uint32_t kSeed = 1071;

// RFC 1071 to the letter: 16 bit words, most significant byte first, an odd byte padded with zero.
[[nodiscard]] uint16_t naive_checksum(ConstBytes bytes) {
  uint32_t sum = 0;
  for (size_t i = 0; i < bytes.size(); i += 2) {
    const unsigned low = i + 1 < bytes.size() ? bytes[i + 1] : 0u;
    sum += static_cast<uint32_t>(bytes[i] << 8) + low;
    if (sum > 0xffff) sum -= 0xffff;
  }
  return static_cast<uint16_t>(~sum);
}

[[nodiscard]] std::vector<uint8_t> random_bytes(std::mt19937& random, size_t size) {
  std::vector<uint8_t> bytes(size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

// The example of RFC 1071, section 3: the sum of these words is ddf2.
TEST(InternetChecksum, GivesTheExampleOfTheRfc) {
  const std::vector<uint8_t> bytes{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  EXPECT_EQ(internet_checksum(bytes).get(), static_cast<uint16_t>(~0xddf2));
}

TEST(InternetChecksum, OfNothingIsAllOnes) { EXPECT_EQ(internet_checksum({}).get(), 0xffff); }

TEST(InternetChecksum, AgreesWithANaiveOneForEveryLength) {
  std::mt19937 random(kSeed);
  for (size_t size = 0; size <= 1600; ++size) {
    const auto bytes = random_bytes(random, size);
    ASSERT_EQ(internet_checksum(bytes).get(), naive_checksum(bytes))
        << "seed " << kSeed << ", " << size << " bytes";
  }
}

// All ones carry in every addition: the worst case of the fold.
TEST(InternetChecksum, FoldsEveryCarry) {
  for (size_t size = 0; size <= 9000; size += 2) {
    const std::vector<uint8_t> bytes(size, 0xff);
    ASSERT_EQ(internet_checksum(bytes).get(), size == 0 ? 0xffff : 0) << size;
  }
}

TEST(InternetChecksum, OverBytesThatHoldTheirOwnIsZero) {
  for (const auto& vector : support::vectors("advertisement")) {
    const auto carp = support::hex_field(vector.json.at("expect"), "carp_hex");
    EXPECT_EQ(internet_checksum(carp).get(), 0) << vector.id;
  }
}

// RFC 1624: for every pair of words of a row of headers, the mended checksum is a right one.
TEST(UpdateChecksum, LeavesARightChecksum) {
  std::mt19937 random(kSeed);
  for (int round = 0; round < 20000; ++round) {
    auto bytes = random_bytes(random, 20);
    const auto word = [&](size_t offset) { return view_at<Be16>(Bytes(bytes), offset); };
    *word(10) = Be16(0);
    *word(10) = internet_checksum(bytes);
    const size_t changed = 2 * (random() % 5);
    const uint16_t edges[] = {0x0000, 0xffff, static_cast<uint16_t>(random())};
    const Be16 after(edges[random() % 3]);
    *word(10) = update_checksum(*word(10), *word(changed), after);
    *word(changed) = after;
    ASSERT_EQ(internet_checksum(bytes).get(), 0) << "seed " << kSeed << ", round " << round;
  }
}

// The case for which RFC 1624 corrects RFC 1141.
TEST(UpdateChecksum, GivesTheExampleOfTheRfc) {
  EXPECT_EQ(update_checksum(Be16(0xdd2f), Be16(0x5555), Be16(0x3285)).get(), 0x0000);
}

}  // namespace
}  // namespace carp::net
