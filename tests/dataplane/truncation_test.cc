// SPDX-License-Identifier: BSD-3-Clause
//
// Every truncation of every kind of frame that is answered or shown to control: a frame that is
// cut is refused, whatever is missing, and nothing past its end is looked at.
#include <gtest/gtest.h>

#include "tests/dataplane/scene.h"

namespace carp::dataplane {
namespace {

using support::ip;

// Cuts `frame`, all of whose bytes count, after each of its bytes.
void expect_refused_when_cut(const net::Frame& frame, Verdict whole) {
  EXPECT_EQ(verdict_of(run(standard_scene(), frame).reason), whole);
  for (size_t size = 0; size < frame.size(); ++size) {
    const net::Frame cut(frame.begin(), frame.begin() + static_cast<long>(size));
    const Reason reason = run(standard_scene(), cut).reason;
    EXPECT_EQ(verdict_of(reason), Verdict::drop) << size << " bytes: " << info_of(reason).name;
  }
}

TEST(Truncation, OfAnArpRequest) {
  for (const uint16_t vlan : {0, 100}) {
    expect_refused_when_cut(
        support::arp_frame({.vlan = vlan,
                            .sender_mac = kClientMac,
                            .sender_ip = ip("10.0.0.100"),
                            .target_ip = vlan == 0 ? ip("192.168.1.50") : ip("10.0.0.51")}),
        Verdict::transmit);
  }
}

TEST(Truncation, OfAnArpConflict) {
  expect_refused_when_cut(support::arp_frame({.operation = net::kArpReply,
                                              .sender_mac = kClientMac,
                                              .sender_ip = ip("192.168.1.50"),
                                              .target_ip = ip("192.168.1.50")}),
                          Verdict::punt);
}

TEST(Truncation, OfAPing) {
  const auto message = support::icmp_message(net::kIcmpEchoRequest, 0, net::Frame(56, 0x5a));
  for (const uint16_t vlan : {0, 100}) {
    expect_refused_when_cut(
        support::ipv4_frame({.destination_mac = kPortMac,
                             .source_mac = kClientMac,
                             .vlan = vlan,
                             .source = ip("10.0.0.100"),
                             .destination = vlan == 0 ? ip("192.168.1.3") : ip("10.0.0.3")},
                            message),
        Verdict::transmit);
  }
}

TEST(Truncation, OfAnAdvertisement) {
  for (const size_t options : {0, 4, 40}) {
    expect_refused_when_cut(support::ipv4_frame({.destination_mac = net::kCarpGroupMac,
                                                 .source_mac = net::virtual_mac(1),
                                                 .source = ip("192.168.1.4"),
                                                 .destination = net::kCarpGroup,
                                                 .protocol = net::kProtocolCarp,
                                                 .options = net::Frame(options, 1)},
                                                net::Frame(36, 0x21)),
                            Verdict::punt);
  }
}

}  // namespace
}  // namespace carp::dataplane
