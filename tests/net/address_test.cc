// SPDX-License-Identifier: BSD-3-Clause
#include "lib/net/address.h"

#include <gtest/gtest.h>

#include "tests/support/frames.h"

namespace carp::net {
namespace {

TEST(Ipv4Address, ReadsFourDecimalOctets) {
  EXPECT_EQ(parse_ipv4("0.0.0.0"), Ipv4Address{0});
  EXPECT_EQ(parse_ipv4("192.168.1.50"), Ipv4Address{0xc0a80132});
  EXPECT_EQ(parse_ipv4("255.255.255.255"), Ipv4Address{0xffffffff});
}

// Other programs read "010" as octal 8 and "10.1" as 10.0.0.1; an address of which two readers
// think differently must not be taken.
TEST(Ipv4Address, RefusesWhatAnotherReaderCouldTakeOtherwise) {
  for (const char* text : {"",          ".",
                           "...",       "1.2.3",
                           "1.2.3.",    ".1.2.3",
                           "1.2.3.4.",  "1.2.3.4.5",
                           "1..2.3",    "256.1.1.1",
                           "1.2.3.256", "01.2.3.4",
                           "1.2.3.04",  "1.2.3.00",
                           " 1.2.3.4",  "1.2.3.4 ",
                           "1.2.3.+4",  "1.2.3.-4",
                           "0x1.2.3.4", "1.2.3.4/8",
                           "1.2.3.4\n", "4294967296.0.0.0",
                           "a.b.c.d"}) {
    EXPECT_EQ(parse_ipv4(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(Ipv4Address, TextReadsBackAsTheSameAddress) {
  for (uint32_t i = 0; i < 1000; ++i) {
    const Ipv4Address address{i * 0x9e3779b1u};
    EXPECT_EQ(parse_ipv4(to_string(address)), address);
  }
}

// C39: 10.0.0.1 < 128.0.0.1 < 192.168.1.1, as unsigned numbers and as wire bytes.
TEST(Ipv4Address, OrdersAsUnsignedNumber) {
  EXPECT_LT(support::ip("10.0.0.1"), support::ip("128.0.0.1"));
  EXPECT_LT(support::ip("128.0.0.1"), support::ip("192.168.1.1"));
}

TEST(Ipv4Address, MulticastIs224To239) {
  EXPECT_FALSE(support::ip("223.255.255.255").is_multicast());
  EXPECT_TRUE(support::ip("224.0.0.0").is_multicast());
  EXPECT_TRUE(kCarpGroup.is_multicast());
  EXPECT_TRUE(support::ip("239.255.255.255").is_multicast());
  EXPECT_FALSE(support::ip("240.0.0.0").is_multicast());
}

TEST(Ipv4Prefix, ReadsLengths0To32) {
  const auto prefix = parse_ipv4_prefix("192.168.1.50/24");
  ASSERT_TRUE(prefix);
  EXPECT_EQ(prefix->address, support::ip("192.168.1.50"));
  EXPECT_EQ(prefix->length, 24);
  EXPECT_EQ(to_string(*prefix), "192.168.1.50/24");
  EXPECT_TRUE(parse_ipv4_prefix("0.0.0.0/0"));
  EXPECT_TRUE(parse_ipv4_prefix("10.0.0.1/32"));
}

TEST(Ipv4Prefix, RefusesMissingOrWrongLengths) {
  for (const char* text : {"10.0.0.1", "10.0.0.1/", "/24", "10.0.0.1/33", "10.0.0.1/024",
                           "10.0.0.1/-1", "10.0.0.1/2 4", "10.0.0/24", "10.0.0.1/24/24", "1/2"}) {
    EXPECT_EQ(parse_ipv4_prefix(text), std::nullopt) << '"' << text << '"';
  }
}

// Against a comparison bit by bit, for every length.
TEST(Ipv4Prefix, ContainsWhatAgreesInItsFirstBits) {
  const Ipv4Address base = support::ip("203.0.113.77");
  for (unsigned length = 0; length <= 32; ++length) {
    const Ipv4Prefix prefix{base, static_cast<uint8_t>(length)};
    for (unsigned bit = 0; bit < 32; ++bit) {
      const Ipv4Address other{base.value ^ 0x80000000u >> bit};
      EXPECT_EQ(prefix.contains(other), bit >= length) << "length " << length << " bit " << bit;
    }
    EXPECT_TRUE(prefix.contains(base));
  }
}

TEST(MacAddress, ReadsSixHexOctets) {
  EXPECT_EQ(parse_mac("00:1b:21:Aa:bB:cc"), (MacAddress{{0x00, 0x1b, 0x21, 0xaa, 0xbb, 0xcc}}));
  EXPECT_EQ(to_string(support::mac("00:1B:21:AA:BB:CC")), "00:1b:21:aa:bb:cc");
}

TEST(MacAddress, RefusesOtherForms) {
  for (const char* text :
       {"", "00:1b:21:aa:bb", "00:1b:21:aa:bb:cc:dd", "00-1b-21-aa-bb-cc", "0:1b:21:aa:bb:ccc",
        "001b21aabbcc", "00:1b:21:aa:bb:cg", "00:1b:21:aa:bb:c", " 0:1b:21:aa:bb:cc",
        "00:1b:21:aa:bb:-c", "00:1b:21:aa:bb:0x"}) {
    EXPECT_EQ(parse_mac(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(MacAddress, GroupBitIsTheLowestOfTheFirstOctet) {
  EXPECT_TRUE(kBroadcastMac.is_group());
  EXPECT_TRUE(kCarpGroupMac.is_group());
  EXPECT_FALSE(support::mac("02:ff:ff:ff:ff:ff").is_group());
}

// C3: every vhid has its virtual MAC, and no other MAC has a vhid.
TEST(VirtualMac, IsRecognisedForEveryVhidAndNothingElse) {
  for (unsigned vhid = 1; vhid <= 255; ++vhid) {
    const MacAddress mac = virtual_mac(static_cast<uint8_t>(vhid));
    EXPECT_EQ(vhid_of(mac), vhid);
    for (unsigned bit = 0; bit < 40; ++bit) {
      MacAddress other = mac;
      other.bytes[bit / 8] = static_cast<uint8_t>(other.bytes[bit / 8] ^ 1u << (bit % 8));
      EXPECT_EQ(vhid_of(other), std::nullopt) << to_string(other);
    }
  }
  EXPECT_EQ(to_string(virtual_mac(0x2a)), "00:00:5e:00:01:2a");
  EXPECT_EQ(vhid_of(support::mac("00:00:5e:00:01:00")), std::nullopt);
}

}  // namespace
}  // namespace carp::net
