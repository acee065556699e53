// SPDX-License-Identifier: BSD-3-Clause
//
// IGMP on the wire: which queries ask a member of the CARP group, and the bytes of what it says.
#include "lib/proto/igmp.h"

#include <gtest/gtest.h>

#include "lib/net/checksum.h"
#include "lib/net/igmp.h"
#include "lib/net/ipv4.h"
#include "tests/support/frames.h"

namespace carp::proto {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::ip;
using support::query_frame;

constexpr net::MacAddress kPortMac{{0x02, 0, 0, 0, 0, 0x0a}};

TEST(Query, TheVersionsDifferInLengthAndCode) {
  struct Row {
    size_t size;
    uint8_t code;
    IgmpVersion version;
    Duration max_response;
  };
  const Row rows[] = {
      {8, 0, IgmpVersion::v1, seconds(10)},
      {8, 1, IgmpVersion::v2, milliseconds(100)},
      {8, 255, IgmpVersion::v2, milliseconds(25'500)},
      {12, 0, IgmpVersion::v3, seconds(0)},
      {12, 127, IgmpVersion::v3, milliseconds(12'700)},
      {12, 128, IgmpVersion::v3, milliseconds(12'800)},
      {12, 0x9a, IgmpVersion::v3, milliseconds((16 + 10) * 16 * 100)},
      {12, 255, IgmpVersion::v3, milliseconds(3'174'400)},
      {40, 100, IgmpVersion::v3, seconds(10)},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(testing::Message() << row.size << " bytes, code " << int{row.code});
    for (const uint16_t vlan : {net::kUntagged, uint16_t{100}}) {
      const auto query =
          parse_query(query_frame({.code = row.code, .size = row.size, .vlan = vlan}));
      ASSERT_TRUE(query.ok());
      EXPECT_EQ(query.value().version, row.version);
      EXPECT_EQ(query.value().max_response, row.max_response);
      EXPECT_TRUE(query.value().is_general);
    }
  }
}

TEST(Query, AboutTheGroupAloneIsNotGeneral) {
  for (const size_t size : {8, 12, 16}) {
    const auto query = parse_query(query_frame({.group = net::kCarpGroup, .size = size}));
    ASSERT_TRUE(query.ok());
    EXPECT_FALSE(query.value().is_general);
  }
}

TEST(Query, OthersAndOtherThingsAreNotForUs) {
  const auto said = [](const char* to, const net::Frame& message) {
    return support::ipv4_frame({.destination_mac = net::multicast_mac(ip(to)),
                                .source_mac = kPortMac,
                                .source = ip("192.168.1.254"),
                                .destination = ip(to),
                                .protocol = net::kProtocolIgmp,
                                .ttl = 1},
                               message);
  };
  const auto general = support::igmp_message(net::kIgmpQuery, 100, {});
  const auto about_mdns = support::igmp_message(net::kIgmpQuery, 10, ip("224.0.0.251"));
  const auto reports = support::igmp_message(net::kIgmpReportV2, 0, net::kCarpGroup);
  EXPECT_EQ(parse_query(said("224.0.0.251", about_mdns)).error(), NoQuery::not_our_group);
  EXPECT_EQ(parse_query(said("224.0.0.18", reports)).error(), NoQuery::not_our_group);
  EXPECT_EQ(parse_query(said("224.0.0.251", general)).error(), NoQuery::not_our_group);
  // By unicast, as RFC 3376 has it for debugging (section 4.1.12).
  EXPECT_TRUE(parse_query(said("192.168.1.3", general)).ok());
}

TEST(Query, DamagedOnesAreRefused) {
  for (size_t size = 0; size < 8; ++size) {
    net::Frame message = support::igmp_message(net::kIgmpQuery, 100, {});
    message.resize(size);
    const auto frame = support::ipv4_frame(
        {.destination = net::kAllSystems, .protocol = net::kProtocolIgmp}, message);
    EXPECT_EQ(parse_query(frame).error(), NoQuery::malformed) << size;
  }
  for (const size_t size : {9, 10, 11})
    EXPECT_EQ(parse_query(query_frame({.size = size})).error(), NoQuery::malformed) << size;
  const net::Frame good = query_frame({});
  for (size_t bit = 8 * 38; bit < 8 * good.size(); ++bit) {
    net::Frame flipped = good;
    flipped[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_EQ(parse_query(flipped).error(), NoQuery::malformed) << bit;
  }
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(parse_query(net::ConstBytes(good).first(size)).ok()) << size;
}

// Every byte that a switch looks at, for each version and word.
TEST(Report, IsAsTheStandardsDrawIt) {
  struct Row {
    Word word;
    IgmpVersion version;
    const char* destination;
    const char* message;
  };
  const Row rows[] = {
      {Word::joined, IgmpVersion::v3, "224.0.0.22", "2200f9eb0000000104000000e0000012"},
      {Word::member, IgmpVersion::v3, "224.0.0.22", "2200fbeb0000000102000000e0000012"},
      {Word::left, IgmpVersion::v3, "224.0.0.22", "2200faeb0000000103000000e0000012"},
      {Word::joined, IgmpVersion::v2, "224.0.0.18", "160009ede0000012"},
      {Word::member, IgmpVersion::v2, "224.0.0.18", "160009ede0000012"},
      {Word::left, IgmpVersion::v2, "224.0.0.2", "170008ede0000012"},
      {Word::joined, IgmpVersion::v1, "224.0.0.18", "12000dede0000012"},
      {Word::member, IgmpVersion::v1, "224.0.0.18", "12000dede0000012"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.message);
    const net::Frame frame =
        build_report(row.word, row.version, {kPortMac, 100, ip("192.168.1.3")});
    const auto* ethernet = net::view_at<net::EthernetHeader>(net::ConstBytes(frame), 0);
    EXPECT_EQ(ethernet->destination, net::multicast_mac(ip(row.destination)));
    EXPECT_EQ(ethernet->source, kPortMac);
    EXPECT_EQ(net::view_at<net::VlanTag>(net::ConstBytes(frame), 14)->id(), 100);
    const net::ConstBytes datagram = net::datagram_of(frame);
    const auto* header = net::view_at<net::Ipv4Header>(datagram, 0);
    EXPECT_EQ(header->ttl, 1);
    EXPECT_EQ(header->tos, 0xc0);
    EXPECT_EQ(header->source, ip("192.168.1.3").wire());
    EXPECT_EQ(header->destination, ip(row.destination).wire());
    EXPECT_EQ(header->total_length.get(), datagram.size());
    EXPECT_EQ(net::to_hex(datagram.subspan(20, 4)), "94040000");  // Router Alert
    EXPECT_EQ(net::internet_checksum(datagram.first(24)), net::Be16(0));
    EXPECT_EQ(net::to_hex(datagram.subspan(24)), row.message);
    EXPECT_EQ(net::internet_checksum(datagram.subspan(24)), net::Be16(0));
  }
}

TEST(Report, WithoutAVlanHasNoTag) {
  const net::Frame frame = build_report(Word::member, IgmpVersion::v3, {kPortMac});
  EXPECT_EQ(frame.size(), 14u + 24u + 16u);
}

}  // namespace
}  // namespace carp::proto
