// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/wire.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "lib/net/checksum.h"
#include "lib/net/ipv4.h"
#include "lib/proto/auth.h"
#include "lib/proto/key.h"
#include "tests/support/frames.h"

namespace carp::proto {
namespace {

constexpr size_t kCarpOffset = 14 + 20;
constexpr uint8_t kVhid = 42;

const std::vector<net::Ipv4Prefix> kAddresses{{support::ip("10.77.0.100"), 24}};
const AdvertRoute kRoute{.ethernet_source = net::virtual_mac(kVhid),
                         .source = support::ip("10.77.0.11")};

[[nodiscard]] Authenticator authenticator() {
  return {key_from_pass("carpsecret"), kVhid, kAddresses, AddressOrder::sorted};
}

[[nodiscard]] Advert signed_advert() {
  Advert advert;
  advert.vhid = kVhid;
  advert.pace = {1, 100};
  advert.demotion = 3;
  advert.counter = 0xb2f2dd1477e18433;
  advert.digest = authenticator().sign(advert.counter);
  return advert;
}

// The CARP checksum made right again after a change.
void mend_checksum(net::Frame& frame, size_t offset = kCarpOffset) {
  auto* carp = net::view_at<CarpHeader>(net::Bytes(frame), offset);
  carp->checksum = net::Be16(0);
  carp->checksum = net::internet_checksum(net::bytes_of(*carp));
}

// The IPv4 header's checksum made right again.
void mend_ip(net::Frame& frame) {
  auto* ip = net::view_at<net::Ipv4Header>(net::Bytes(frame), 14);
  ip->checksum = net::Be16(0);
  ip->checksum = net::internet_checksum(net::ConstBytes(frame).subspan(14, ip->header_length()));
}

[[nodiscard]] Refusal refusal_of(const net::Frame& frame) {
  const auto advert = parse_advert(frame);
  EXPECT_FALSE(advert.ok());
  return advert.ok() ? Refusal::loop : advert.error();
}

TEST(Wire, ParsesWhatItBuilds) {
  const Advert advert = signed_advert();
  const auto parsed = parse_advert(build_advert(advert, kRoute));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.value().source, kRoute.source);
  EXPECT_EQ(parsed.value().version, 2);
  EXPECT_EQ(parsed.value().type, 1);
  EXPECT_EQ(parsed.value().vhid, kVhid);
  EXPECT_EQ(parsed.value().authlen, 7);
  EXPECT_EQ(parsed.value().demotion, 3);
  EXPECT_EQ(parsed.value().pace, advert.pace);
  EXPECT_EQ(parsed.value().counter, advert.counter);
  EXPECT_EQ(parsed.value().digest, advert.digest);
}

// All that is built is C1's 70 bytes, four more with a tag, and its IP checksum is right (C6).
TEST(Wire, BuildsARightIpHeader) {
  for (const uint16_t vlan : {net::kUntagged, uint16_t{100}, uint16_t{4094}}) {
    AdvertRoute route = kRoute;
    route.vlan = vlan;
    const net::Frame frame = build_advert(signed_advert(), route);
    const size_t offset = vlan == net::kUntagged ? 14 : 18;
    ASSERT_EQ(frame.size(), offset + 56);
    EXPECT_EQ(net::internet_checksum(net::ConstBytes(frame).subspan(offset, 20)), net::Be16(0));
    EXPECT_TRUE(parse_advert(frame).ok());
  }
}

// Version, type, vhid, demotion, advbase, advskew and counter go through unchanged, whatever they
// are: parsing judges none of them, and the bow out is one of them (C84).
TEST(Wire, CarriesEveryValueOfEveryByte) {
  for (int value = 0; value < 256; ++value) {
    const auto byte = static_cast<uint8_t>(value);
    Advert advert = signed_advert();
    advert.version = byte >> 4;
    advert.type = byte & 15;
    advert.vhid = byte;
    advert.demotion = byte;
    advert.pace = {byte, static_cast<uint8_t>(~byte)};
    advert.counter = uint64_t{byte} * 0x0101010101010101;
    const auto parsed = parse_advert(build_advert(advert, kRoute));
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed.value().version, advert.version);
    EXPECT_EQ(parsed.value().type, advert.type);
    EXPECT_EQ(parsed.value().vhid, advert.vhid);
    EXPECT_EQ(parsed.value().demotion, advert.demotion);
    EXPECT_EQ(parsed.value().pace, advert.pace);
    EXPECT_EQ(parsed.value().counter, advert.counter);
  }
}

// No single flipped bit gets through: the checksum notices each of them.
TEST(Wire, RefusesEveryFlippedBitOfTheCarpHeader) {
  const net::Frame good = build_advert(signed_advert(), kRoute);
  for (size_t bit = 0; bit < 36 * 8; ++bit) {
    net::Frame frame = good;
    frame[kCarpOffset + bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_EQ(refusal_of(frame), Refusal::bad_sum) << "bit " << bit;
  }
}

// The same flips by somebody who mends the checksum. The digest, the version, the type or the
// length then tell; what none of them covers is C45's list: advskew, byte 4 and advbase. (The
// checksum field itself mends back to the good frame.)
TEST(Wire, AMendedFlipPassesOnlyWhereTheDigestDoesNotReach) {
  const Authenticator auth = authenticator();
  const net::Frame good = build_advert(signed_advert(), kRoute);
  for (size_t bit = 0; bit < 36 * 8; ++bit) {
    const size_t byte = bit / 8;
    net::Frame frame = good;
    frame[kCarpOffset + byte] ^= static_cast<uint8_t>(1 << bit % 8);
    mend_checksum(frame);
    const auto parsed = parse_advert(frame);
    const bool passes = parsed.ok() && parsed.value().version == 2 && parsed.value().type == 1 &&
                        parsed.value().vhid == kVhid &&
                        auth.verify(parsed.value().counter, parsed.value().digest);
    const bool is_open = byte == 2 || byte == 4 || byte == 5 || byte == 6 || byte == 7;
    EXPECT_EQ(passes, is_open) << "bit " << bit;
  }
}

TEST(Wire, RefusesEveryTruncation) {
  AdvertRoute tagged = kRoute;
  tagged.vlan = 100;
  for (const AdvertRoute& route : {kRoute, tagged}) {
    const net::Frame good = build_advert(signed_advert(), route);
    for (size_t size = 0; size < good.size(); ++size) {
      const net::Frame frame(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(refusal_of(frame), Refusal::bad_length) << size << " bytes";
      EXPECT_EQ(claimed_vhid(frame), std::nullopt) << size << " bytes";
    }
  }
}

// C95: every total length that leaves no room for 36 bytes, though the frame has them all.
TEST(Wire, RefusesEveryTotalLengthThatIsTooShortOrBeyondTheFrame) {
  for (int total = 0; total < 256; ++total) {
    net::Frame frame = build_advert(signed_advert(), kRoute);
    net::view_at<net::Ipv4Header>(net::Bytes(frame), 14)->total_length =
        static_cast<uint16_t>(total);
    mend_ip(frame);
    if (total == 56) {
      EXPECT_TRUE(parse_advert(frame).ok());
    } else {
      EXPECT_EQ(refusal_of(frame), Refusal::bad_length) << total;
    }
  }
}

// C95: the header length decides where CARP begins, from none to all forty bytes of options.
TEST(Wire, HonoursIpOptionsOfEveryLength) {
  const net::Frame plain = build_advert(signed_advert(), kRoute);
  const net::Frame carp(plain.begin() + kCarpOffset, plain.end());
  for (size_t length = 0; length <= 40; length += 4) {
    const net::Frame frame = support::ipv4_frame({.destination_mac = net::kCarpGroupMac,
                                                  .source_mac = net::virtual_mac(kVhid),
                                                  .source = kRoute.source,
                                                  .destination = net::kCarpGroup,
                                                  .protocol = net::kProtocolCarp,
                                                  .options = net::Frame(length, 1)},
                                                 carp);
    EXPECT_TRUE(parse_advert(frame).ok()) << length;
    EXPECT_EQ(claimed_vhid(frame), kVhid) << length;
  }
}

TEST(Wire, RefusesAHeaderLengthBelowFiveWords) {
  for (uint8_t words = 0; words < 5; ++words) {
    net::Frame frame = build_advert(signed_advert(), kRoute);
    frame[14] = static_cast<uint8_t>(0x40 | words);
    EXPECT_EQ(refusal_of(frame), Refusal::bad_length) << int{words};
  }
}

// C94: 255 and nothing else; judged before length and checksum (C92).
TEST(Wire, RefusesEveryOtherTtlFirst) {
  net::Frame frame = build_advert(signed_advert(), kRoute);
  frame[kCarpOffset + 6] ^= 1;  // the checksum is wrong as well
  for (int ttl = 0; ttl < 255; ++ttl) {
    frame[14 + 8] = static_cast<uint8_t>(ttl);
    EXPECT_EQ(refusal_of(frame), Refusal::bad_ttl) << ttl;
  }
  frame[14 + 3] = 20 + 35;
  EXPECT_EQ(refusal_of(frame), Refusal::bad_ttl);
  frame[14 + 8] = 255;
  EXPECT_EQ(refusal_of(frame), Refusal::bad_length);
  frame[14 + 3] = 20 + 36;
  EXPECT_EQ(refusal_of(frame), Refusal::bad_sum);
}

// D15, behind the checksum: a damaged length is a bad checksum, a wrong one a bad length.
TEST(Wire, RefusesEveryOtherAuthlen) {
  for (int authlen = 0; authlen < 256; ++authlen) {
    if (authlen == 7) continue;
    Advert advert = signed_advert();
    advert.authlen = static_cast<uint8_t>(authlen);
    EXPECT_EQ(refusal_of(build_advert(advert, kRoute)), Refusal::bad_length) << authlen;
  }
}

TEST(Wire, TellsSourceAndVhidOfWhatItRefuses) {
  net::Frame frame = build_advert(signed_advert(), kRoute);
  frame[14 + 8] = 1;
  EXPECT_EQ(source_of(frame), kRoute.source);
  EXPECT_EQ(claimed_vhid(frame), kVhid);
  EXPECT_EQ(source_of({}), net::Ipv4Address{});
}

TEST(Wire, RefusesAFrameThatHoldsNoIpv4) {
  net::Frame frame = build_advert(signed_advert(), kRoute);
  frame[12] = 0x86;
  frame[13] = 0xdd;
  EXPECT_EQ(refusal_of(frame), Refusal::bad_length);
  EXPECT_EQ(source_of(frame), net::Ipv4Address{});
  EXPECT_EQ(claimed_vhid(frame), std::nullopt);
}

}  // namespace
}  // namespace carp::proto
