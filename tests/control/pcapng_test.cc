// SPDX-License-Identifier: BSD-3-Clause
//
// Bytes of a capture file, one by one as the draft has them. That others read them is shown by
// tests/system/flight_test.
#include "lib/control/pcapng.h"

#include <gtest/gtest.h>

#include <vector>

namespace carp::control {
namespace {

[[nodiscard]] std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text += "0123456789abcdef"[value >> 4];
    text += "0123456789abcdef"[value & 0xf];
  }
  return text;
}

TEST(Pcapng, ASectionSaysWhoWroteItAndWhy) {
  EXPECT_EQ(hex(PcapngFile("why").bytes()),
            "0a0d0d0a"
            "38000000"
            "4d3c2b1a"
            "01000000"
            "ffffffffffffffff"
            "01000300"
            "77687900"
            "04000900"
            "6470646b2d63617270000000"
            "00000000"
            "38000000");
}

TEST(Pcapng, AnInterfaceIsAnEthernetWithMicroseconds) {
  PcapngFile file("");
  const size_t before = file.bytes().size();
  file.add_interface("lan0");
  EXPECT_EQ(hex(file.bytes().substr(before)),
            "01000000"
            "28000000"
            "01000000"
            "00000000"
            "02000400"
            "6c616e30"
            "09000100"
            "06000000"
            "00000000"
            "28000000");
}

TEST(Pcapng, APacketHasItsTimeBothLengthsAndAComment) {
  PcapngFile file("");
  const size_t before = file.bytes().size();
  const std::vector<uint8_t> bytes = {1, 2, 3, 4, 5};
  file.add_packet({.interface = 1,
                   .unix_us = 0x0006441122334455,
                   .length = 70,
                   .bytes = bytes,
                   .comment = "sent"});
  EXPECT_EQ(hex(file.bytes().substr(before)),
            "06000000"
            "34000000"
            "01000000"
            "11440600"
            "55443322"
            "05000000"
            "46000000"
            "0102030405000000"
            "01000400"
            "73656e74"
            "00000000"
            "34000000");
}

TEST(Pcapng, NoLengthBreaksTheFrameOfBlocks) {
  PcapngFile file("comment");
  file.add_interface("lan0");
  const std::vector<uint8_t> bytes(9, 0xff);
  for (size_t length = 0; length <= bytes.size(); ++length)
    file.add_packet({.bytes = {bytes.data(), length}, .comment = std::string(length, 'x')});
  size_t blocks = 0;
  size_t at = 0;
  const auto number = [&](size_t place) {
    uint32_t value = 0;
    for (size_t i = 4; i > 0; --i)
      value = value << 8 | static_cast<unsigned char>(file.bytes().at(place + i - 1));
    return value;
  };
  for (; at < file.bytes().size(); ++blocks) {
    const uint32_t length = number(at + 4);
    ASSERT_EQ(length % 4, 0u);
    ASSERT_EQ(number(at + length - 4), length);
    at += length;
  }
  EXPECT_EQ(at, file.bytes().size());
  EXPECT_EQ(blocks, 12u);
}

}  // namespace
}  // namespace carp::control
