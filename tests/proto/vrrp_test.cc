// SPDX-License-Identifier: BSD-3-Clause
//
// VRRP told from CARP, which has its protocol number, its version and its type (C5).
#include "lib/proto/vrrp.h"

#include <gtest/gtest.h>

#include "lib/proto/wire.h"
#include "tests/support/vrrp_frames.h"

namespace carp::proto {
namespace {

using support::vrrp_frame;

TEST(Vrrp, IsKnownInBothVersionsWithAnyNumberOfAddresses) {
  for (const uint8_t version : {2, 3})
    for (int count = 1; count <= 255; ++count)
      for (const uint16_t vlan : {net::kUntagged, uint16_t{7}}) {
        const auto frame =
            vrrp_frame(version, 42, static_cast<uint8_t>(count), "192.168.1.9", vlan);
        EXPECT_EQ(vrrp_router(frame), 42) << "version " << +version << ", " << count;
      }
}

// The padding of a short frame is not of the datagram.
TEST(Vrrp, IsKnownBeforePadding) {
  net::Frame frame = vrrp_frame(2, 42, 1);
  frame.resize(60);
  EXPECT_EQ(vrrp_router(frame), 42);
}

TEST(Vrrp, IsNoAdvertisementOfCarp) {
  for (const uint8_t vhid : {1, 42, 255}) {
    const Advert advert{.source = support::ip("192.168.1.4"), .vhid = vhid, .counter = 1};
    EXPECT_EQ(vrrp_router(build_advert(advert, {.ethernet_source = net::virtual_mac(vhid)})),
              std::nullopt);
  }
}

TEST(Vrrp, IsNothingThatIsCutOrOfAnotherKind) {
  const net::Frame whole = vrrp_frame(3, 42, 2);
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(vrrp_router(net::ConstBytes(whole).first(size)), std::nullopt) << size;
  for (const uint8_t version : {0, 1, 4, 15})
    EXPECT_EQ(vrrp_router(vrrp_frame(version, 42, 1)), std::nullopt) << +version;
  EXPECT_EQ(vrrp_router(vrrp_frame(2, 0, 1)), std::nullopt);  // no router has this number
  EXPECT_EQ(vrrp_router(vrrp_frame(2, 42, 0)), std::nullopt);
}

}  // namespace
}  // namespace carp::proto
