// SPDX-License-Identifier: BSD-3-Clause
//
// Which pings are answered, and how. Rows in the standard scene (scene.h).
#include <gtest/gtest.h>

#include "lib/net/checksum.h"
#include "tests/dataplane/scene.h"
#include "tests/support/frame_matcher.h"

namespace carp::dataplane {
namespace {

using net::virtual_mac;
using support::icmp_message;
using support::ip;
using support::ipv4_frame;
using support::Ipv4Spec;
using support::mac;
using support::padded;

const net::Frame kData{'c', 'a', 'r', 'p', 1, 2, 3};  // an odd length, for the checksum

// From the client 192.168.1.100 to `target`, sent to the MAC `to`.
[[nodiscard]] Ipv4Spec ping(const net::MacAddress& to, const char* target) {
  return {.destination_mac = to,
          .source_mac = kClientMac,
          .source = ip("192.168.1.100"),
          .destination = ip(target),
          .ttl = 17,
          .tos = 0x10};
}

[[nodiscard]] net::Frame request(const Ipv4Spec& spec) {
  return padded(ipv4_frame(spec, icmp_message(net::kIcmpEchoRequest, 0, kData)));
}

[[nodiscard]] net::Frame reply(Ipv4Spec spec) {
  std::swap(spec.destination_mac, spec.source_mac);
  std::swap(spec.source, spec.destination);
  spec.ttl = 64;
  return padded(ipv4_frame(spec, icmp_message(net::kIcmpEchoReply, 0, kData)));
}

[[nodiscard]] Row answered(std::string sentence, const Ipv4Spec& spec) {
  return {std::move(sentence), request(spec), Reason::echo_answered, reply(spec)};
}

[[nodiscard]] Row silent(std::string sentence, const Ipv4Spec& spec, Reason reason) {
  return {std::move(sentence), request(spec), reason};
}

TEST(Echo, OwnAddressesAnswerAlwaysSharedOnesAsMaster) {
  check_rows(standard_scene(),
             {answered("own", ping(kPortMac, "192.168.1.3")),
              answered("MASTER", ping(virtual_mac(1), "192.168.1.50")),
              silent("BACKUP", ping(virtual_mac(2), "192.168.1.51"), Reason::not_master),
              silent("lapsed (D4)", ping(virtual_mac(3), "192.168.1.52"), Reason::lease_lapsed),
              answered("balanced, by the MASTER's MAC", ping(virtual_mac(4), "192.168.1.10")),
              silent("balanced, by the BACKUP's MAC", ping(virtual_mac(5), "192.168.1.10"),
                     Reason::not_master),
              silent("nobody's", ping(kPortMac, "192.168.1.99"), Reason::ip_other_target)});
}

// C128: the MAC that a client used says which vhost it means, not the hash of its address.
TEST(Echo, TheMacDecidesNotTheHash) {
  auto odd = ping(virtual_mac(4), "192.168.1.10");
  odd.source = ip("192.168.1.101");
  check_rows(standard_scene(), {answered("odd client at the even slot's MAC", odd)});
}

TEST(Echo, AHostHoldsAnAddressNotAPairOfAddressAndMac) {
  auto odd = ping(kPortMac, "192.168.1.10");
  odd.source = ip("192.168.1.101");
  check_rows(
      standard_scene(),
      {answered("own address by a MASTER's MAC", ping(virtual_mac(1), "192.168.1.3")),
       silent("own address by a BACKUP's MAC", ping(virtual_mac(2), "192.168.1.3"),
              Reason::not_master),
       answered("held address by the port's MAC", ping(kPortMac, "192.168.1.50")),
       answered("held address by another MASTER's MAC", ping(virtual_mac(6), "192.168.1.50")),
       silent("held address by the MAC of a BACKUP without a slot",
              ping(virtual_mac(7), "192.168.1.50"), Reason::not_master),
       silent("BACKUP's address by the port's MAC", ping(kPortMac, "192.168.1.51"),
              Reason::not_master),
       silent("BACKUP's address by a MASTER's MAC", ping(virtual_mac(1), "192.168.1.51"),
              Reason::not_master),
       answered("balanced by the port's MAC, even client", ping(kPortMac, "192.168.1.10")),
       silent("balanced by the port's MAC, odd client", odd, Reason::not_master)});
}

TEST(Echo, TheTagOfAVlanStays) {
  auto tagged = ping(virtual_mac(9), "10.0.0.51");
  tagged.vlan = 100;
  auto wrong = ping(virtual_mac(1), "10.0.0.50");
  wrong.vlan = 100;
  check_rows(standard_scene(), {answered("VLAN 100", tagged),
                                silent("vhid 1 is BACKUP on VLAN 100", wrong, Reason::not_master)});
}

TEST(Echo, FragmentsAndOptionsAreRefused) {
  auto first = ping(kPortMac, "192.168.1.3");
  first.fragment = 0x2000;
  auto last = ping(kPortMac, "192.168.1.3");
  last.fragment = 185;
  auto options = ping(kPortMac, "192.168.1.3");
  options.options = {7, 7, 4, 0, 0, 0, 0, 0};  // record route
  check_rows(standard_scene(), {silent("first fragment", first, Reason::ip_fragment),
                                silent("last fragment", last, Reason::ip_fragment),
                                silent("options", options, Reason::ip_options)});
}

TEST(Echo, SourcesThatCannotBeAnsweredAreRefused) {
  std::vector<Row> rows;
  for (const char* source : {"0.0.0.0", "127.0.0.1", "127.255.255.255", "224.0.0.1",
                             "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.168.1.3"}) {
    auto spec = ping(kPortMac, "192.168.1.3");
    spec.source = ip(source);
    rows.push_back(silent(source, spec, Reason::ip_bad_source));
  }
  auto group = ping(kPortMac, "192.168.1.3");
  group.source_mac = mac("01:00:5e:00:00:12");
  rows.push_back(silent("from a group MAC", group, Reason::ip_bad_source));
  for (const char* source : {"126.255.255.255", "128.0.0.0", "223.255.255.255", "1.0.0.0"}) {
    auto spec = ping(kPortMac, "192.168.1.3");
    spec.source = ip(source);
    rows.push_back(answered(source, spec));
  }
  check_rows(standard_scene(), rows);
}

TEST(Echo, OtherMessagesAreRefused) {
  const auto spec = ping(kPortMac, "192.168.1.3");
  const auto of_type = [&](uint8_t type, uint8_t code) {
    return ipv4_frame(spec, icmp_message(type, code, kData));
  };
  auto bad_sum = request(spec);
  bad_sum[14 + 20 + 2] ^= 0x80;
  auto bad_data = request(spec);
  bad_data[14 + 20 + 8] ^= 1;
  auto message = icmp_message(net::kIcmpEchoRequest, 0, {});
  message.pop_back();
  check_rows(standard_scene(), {{"echo reply", of_type(0, 0), Reason::ip_no_service},
                                {"unreachable", of_type(3, 1), Reason::ip_no_service},
                                {"timestamp request", of_type(13, 0), Reason::ip_no_service},
                                {"code 1", of_type(8, 1), Reason::ip_no_service},
                                {"checksum", bad_sum, Reason::icmp_malformed},
                                {"one bit of the data", bad_data, Reason::icmp_malformed},
                                {"7 bytes", ipv4_frame(spec, message), Reason::icmp_malformed},
                                {"nothing", ipv4_frame(spec, {}), Reason::icmp_malformed}});
}

// Both mended checksums, over every TTL and many contents: a full sum over the reply is zero.
TEST(Echo, RepliesHaveRightChecksums) {
  for (unsigned i = 0; i < 65536; ++i) {
    auto spec = ping(virtual_mac(1), "192.168.1.50");
    spec.ttl = static_cast<uint8_t>(i);
    spec.identification = static_cast<uint16_t>(i);
    const net::Frame data{static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
    auto frame = ipv4_frame(spec, icmp_message(net::kIcmpEchoRequest, 0, data));
    ASSERT_EQ(process(frame, 0, standard_scene().table(), kNow), Reason::echo_answered);
    const net::ConstBytes datagram = net::ConstBytes(frame).subspan(14);
    ASSERT_EQ(net::internet_checksum(datagram.first(20)).get(), 0) << i;
    ASSERT_EQ(net::internet_checksum(datagram.subspan(20)).get(), 0) << i;
  }
}

// An answer of nothing but zero bytes needs the other zero of ones' complement, 0xffff, which no
// update of the request's checksum can find.
TEST(Echo, AnAnswerOfZeroBytesHasARightChecksum) {
  const auto zeros = [](uint8_t type, size_t size) {
    net::Frame message(size);
    message[0] = type;
    *net::view_at<net::Be16>(net::Bytes(message), 2) = net::internet_checksum(message);
    return message;
  };
  const Ipv4Spec asked = ping(kPortMac, "192.168.1.3");
  Ipv4Spec answer = ping(kClientMac, "192.168.1.100");
  answer.source_mac = kPortMac;
  answer.source = ip("192.168.1.3");
  answer.ttl = 64;
  std::vector<Row> rows;
  for (const size_t size : {8, 9, 64, 1480}) {
    rows.push_back({std::to_string(size) + " bytes", ipv4_frame(asked, zeros(8, size)),
                    Reason::echo_answered, ipv4_frame(answer, zeros(0, size))});
  }
  check_rows(standard_scene(), rows);
}

// The ICMP checksum ends with the datagram; what pads the frame behind it is not part of it (C93).
TEST(Echo, PaddingDoesNotCountAndStaysAsItCame) {
  const auto spec = ping(virtual_mac(1), "192.168.1.50");
  auto in = ipv4_frame(spec, icmp_message(net::kIcmpEchoRequest, 0, kData));
  in.insert(in.end(), {0xde, 0xad, 0xbe, 0xef});
  auto out = reply(spec);
  out.resize(in.size() - 4);
  out.insert(out.end(), {0xde, 0xad, 0xbe, 0xef});
  check_rows(standard_scene(), {{"padded with dead beef", in, Reason::echo_answered, out}});
}

TEST(Echo, TheLargestPingIsAnswered) {
  const net::Frame data(9000 - 28, 0xa5);
  const auto spec = ping(virtual_mac(1), "192.168.1.50");
  const auto frame = ipv4_frame(spec, icmp_message(net::kIcmpEchoRequest, 0, data));
  EXPECT_EQ(run(standard_scene(), frame).reason, Reason::echo_answered);
}

}  // namespace
}  // namespace carp::dataplane
