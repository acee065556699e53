// SPDX-License-Identifier: BSD-3-Clause
//
// IPv4 other than ping: advertisements for control, and what is refused. Rows in the standard
// scene (scene.h).
#include <gtest/gtest.h>

#include "lib/net/checksum.h"
#include "tests/dataplane/scene.h"

namespace carp::dataplane {
namespace {

using support::ip;
using support::ipv4_frame;
using support::Ipv4Spec;
using support::mac;
using support::padded;

constexpr size_t kIp = 14;  // offset of the IPv4 header in an untagged frame

// An advertisement of vhid 1 as far as workers look at it: all but the digest.
[[nodiscard]] Ipv4Spec advert() {
  return {.destination_mac = net::kCarpGroupMac,
          .source_mac = net::virtual_mac(1),
          .source = ip("192.168.1.4"),
          .destination = net::kCarpGroup,
          .protocol = net::kProtocolCarp};
}

[[nodiscard]] net::Frame advert_frame(const Ipv4Spec& spec) {
  return ipv4_frame(spec, support::carp_message(1, 1));
}

// `frame` with one byte of its IPv4 header changed and the header checksum mended.
[[nodiscard]] net::Frame with_byte(net::Frame frame, size_t offset, uint8_t value) {
  const size_t header_length = (frame[kIp] & 15) * 4u;
  frame[kIp + offset] = value;
  const net::Bytes header = net::Bytes(frame).subspan(kIp, header_length);
  auto* checksum = net::view_at<net::Be16>(header, offsetof(net::Ipv4Header, checksum));
  *checksum = net::Be16(0);
  *checksum = net::internet_checksum(header);
  return frame;
}

TEST(Advert, GoesToControl) {
  auto broadcast = advert();
  broadcast.destination_mac = net::kBroadcastMac;
  auto unicast = advert();
  unicast.destination_mac = kPortMac;
  unicast.destination = ip("192.168.1.3");
  auto other_group = advert();
  other_group.destination = ip("224.0.0.77");
  auto options = advert();
  options.options = {1, 1, 1, 0};
  auto ttl = advert();
  ttl.ttl = 1;
  check_rows(standard_scene(),
             {{"to the group (C2)", advert_frame(advert()), Reason::advert},
              {"to everybody (C133)", advert_frame(broadcast), Reason::advert},
              {"to our MAC (C141)", advert_frame(unicast), Reason::advert},
              {"to another IP group (C101)", advert_frame(other_group), Reason::advert},
              {"with options (C95)", advert_frame(options), Reason::advert},
              {"trailing bytes (C24)", padded(advert_frame(advert()), 90), Reason::advert}});
}

// Control's to count and to show, but by a way of their own: no digest can make them right.
TEST(Advert, ThatCannotBeRightGoesApart) {
  auto ttl = advert();
  ttl.ttl = 1;
  const auto with_message = [](net::Frame message) { return ipv4_frame(advert(), message); };
  auto bad_sum = support::carp_message(1, 1);
  bad_sum[20] ^= 1;
  auto authlen = support::carp_message(1, 1);
  authlen[3] = 8;
  authlen[6] = authlen[7] = 0;
  *net::view_at<net::Be16>(net::Bytes(authlen), 6) = net::internet_checksum(authlen);
  check_rows(
      standard_scene(),
      {{"TTL 1 (C94)", advert_frame(ttl), Reason::advert_invalid},
       {"no CARP header (C95)", with_message({}), Reason::advert_invalid},
       {"35 bytes (C95)", with_message(net::Frame(35, 0x21)), Reason::advert_invalid},
       {"VRRP, 8 bytes (C5)", with_message(net::Frame(8, 0x31)), Reason::advert_invalid},
       {"checksum (C96)", with_message(bad_sum), Reason::advert_invalid},
       {"authlen (D15)", with_message(authlen), Reason::advert_invalid},
       {"a vhid that is not here (C97)", with_message(support::carp_message(200, 1)),
        Reason::advert_invalid},
       {"vhid 0", with_message(support::carp_message(0, 1)), Reason::advert_invalid},
       {"a vhid of the other interface alone", with_message(support::carp_message(9, 1)),
        Reason::advert_invalid},
       {"a vhid without an address", with_message(support::carp_message(7, 1)), Reason::advert}});
}

// By the counter of the vhid and interface that it names, not of another.
TEST(Advert, WithACounterFromElsewhereGoesApart) {
  constexpr uint64_t kLast = 0xca52'019d'0000'0000;
  Scene scene(standard_data());
  scene.set_counter(0, 1, kLast);
  const auto frame = [](uint64_t counter, uint16_t vlan, uint8_t vhid) {
    auto spec = advert();
    spec.vlan = vlan;
    return ipv4_frame(spec, support::carp_message(vhid, counter));
  };
  check_rows(
      scene,
      {{"a second later", frame(kLast + 1000, net::kUntagged, 1), Reason::advert},
       {"again", frame(kLast, net::kUntagged, 1), Reason::advert_unexpected},
       {"earlier", frame(kLast - 1, net::kUntagged, 1), Reason::advert_unexpected},
       {"invented", frame(0x0123456789abcdef, net::kUntagged, 1), Reason::advert_unexpected},
       {"of another vhid", frame(kLast + 1000, net::kUntagged, 2), Reason::advert_unexpected},
       {"of another VLAN", frame(kLast + 1000, 100, 1), Reason::advert_unexpected},
       {"first of another VLAN", frame(1, 100, 1), Reason::advert}});
}

TEST(Advert, ForAnotherHostOrInPiecesIsRefused) {
  auto other = advert();
  other.destination_mac = mac("02:00:00:00:00:99");
  auto virtual_mac = advert();
  virtual_mac.destination_mac = net::virtual_mac(1);
  auto first = advert();
  first.fragment = 0x2000;
  auto last = advert();
  last.fragment = 0x0001;
  check_rows(standard_scene(), {{"to another host", advert_frame(other), Reason::other_host},
                                {"to a virtual MAC", advert_frame(virtual_mac), Reason::other_host},
                                {"first fragment", advert_frame(first), Reason::ip_fragment},
                                {"last fragment", advert_frame(last), Reason::ip_fragment}});
}

TEST(Advert, OnAVlanBelongsToThatVlan) {
  auto tagged = advert();
  tagged.vlan = 100;
  auto unknown = advert();
  unknown.vlan = 7;
  check_rows(standard_scene(), {{"VLAN 100", advert_frame(tagged), Reason::advert},
                                {"VLAN 7", advert_frame(unknown), Reason::unknown_vlan}});
}

// C93: what the IP layer of a BSD drops never reaches CARP.
TEST(Ipv4, HeadersThatDoNotHoldAreRefused) {
  const net::Frame good = advert_frame(advert());
  auto bad_sum = good;
  bad_sum[kIp + 11] ^= 1;
  auto long_header = good;  // 60 bytes of header in a frame that holds 56
  long_header[kIp] = 0x4f;
  check_rows(
      standard_scene(),
      {{"version 6", with_byte(good, 0, 0x65), Reason::ip_malformed},
       {"version 0", with_byte(good, 0, 0x05), Reason::ip_malformed},
       {"header of 16 bytes", with_byte(good, 0, 0x44), Reason::ip_malformed},
       {"header longer than the frame", long_header, Reason::ip_malformed},
       {"checksum", bad_sum, Reason::ip_checksum},
       {"total length below the header's", with_byte(good, 3, 19), Reason::ip_malformed},
       {"total length 0", with_byte(good, 3, 0), Reason::ip_malformed},
       {"total length one past the frame", with_byte(good, 3, 57), Reason::ip_malformed},
       {"total length of the header alone", with_byte(good, 3, 20), Reason::advert_invalid}});
}

TEST(Ipv4, TrafficThatIsNotForUsIsNamed) {
  const auto frame = [](const net::MacAddress& to, const char* destination, uint8_t protocol) {
    return ipv4_frame({.destination_mac = to,
                       .source_mac = kClientMac,
                       .source = ip("192.168.1.100"),
                       .destination = ip(destination),
                       .protocol = protocol},
                      net::Frame(8));
  };
  check_rows(
      standard_scene(),
      {{"broadcast frame", frame(net::kBroadcastMac, "192.168.1.255", 17), Reason::ip_group},
       {"multicast frame", frame(mac("01:00:5e:00:00:01"), "224.0.0.1", 17), Reason::ip_group},
       {"group address in a unicast frame", frame(kPortMac, "224.0.0.1", 17), Reason::ip_group},
       {"broadcast address in a unicast frame", frame(kPortMac, "255.255.255.255", 17),
        Reason::ip_group},
       {"another host's", frame(mac("02:00:00:00:00:99"), "192.168.1.3", 1), Reason::other_host},
       {"virtual MAC of another group", frame(net::virtual_mac(200), "192.168.1.50", 1),
        Reason::other_host},
       {"to forward", frame(kPortMac, "8.8.8.8", 6), Reason::ip_other_target},
       {"TCP for us", frame(kPortMac, "192.168.1.3", 6), Reason::ip_no_service},
       {"protocol 113 for us", frame(kPortMac, "192.168.1.3", 113), Reason::ip_no_service}});
}

}  // namespace
}  // namespace carp::dataplane
