// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/auth.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "lib/proto/key.h"
#include "tests/support/frames.h"

namespace carp::proto {
namespace {

const std::vector<net::Ipv4Prefix> kTwo{{support::ip("192.168.1.60"), 24},
                                        {support::ip("192.168.1.9"), 24}};
const Key kKey = key_from_pass("testpass");

TEST(Authenticator, KnowsWhatItSigned) {
  const Authenticator auth(kKey, 1, kTwo, AddressOrder::sorted);
  for (const uint64_t counter : {uint64_t{0}, uint64_t{1}, ~uint64_t{0}}) {
    EXPECT_TRUE(auth.verify(counter, auth.sign(counter)));
    EXPECT_FALSE(auth.verify(counter + 1, auth.sign(counter)));
  }
}

TEST(Authenticator, SignsTheSameAgain) {
  const Authenticator auth(kKey, 1, kTwo, AddressOrder::sorted);
  const Digest first = auth.sign(7);
  EXPECT_NE(auth.sign(8), first);
  EXPECT_EQ(auth.sign(7), first);
}

// D20: whatever single bit of the 160 differs.
TEST(Authenticator, RefusesEveryFlippedBit) {
  const Authenticator auth(kKey, 1, kTwo, AddressOrder::sorted);
  for (size_t bit = 0; bit < 160; ++bit) {
    Digest digest = auth.sign(7);
    digest[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(auth.verify(7, digest)) << "bit " << bit;
  }
}

TEST(Authenticator, OrderOfConfigurationDoesNotMatterWhenSorted) {
  const std::vector<net::Ipv4Prefix> reversed{kTwo[1], kTwo[0]};
  const auto sign = [](const auto& addresses, AddressOrder order) {
    return Authenticator(kKey, 1, addresses, order).sign(7);
  };
  EXPECT_EQ(sign(kTwo, AddressOrder::sorted), sign(reversed, AddressOrder::sorted));
  EXPECT_NE(sign(kTwo, AddressOrder::configured), sign(reversed, AddressOrder::configured));
  EXPECT_EQ(sign(reversed, AddressOrder::configured), sign(kTwo, AddressOrder::sorted));
}

// C41: the selection of the sorting implementations starts and stops at these two.
TEST(Authenticator, LeavesOutAllZerosAndAllOnesWhenSorted) {
  std::vector<net::Ipv4Prefix> odd = kTwo;
  odd.push_back({support::ip("0.0.0.0"), 0});
  odd.push_back({support::ip("255.255.255.255"), 32});
  const Digest plain = Authenticator(kKey, 1, kTwo, AddressOrder::sorted).sign(7);
  EXPECT_EQ(Authenticator(kKey, 1, odd, AddressOrder::sorted).sign(7), plain);
}

// C46: two hosts may have configured unlike lengths.
TEST(Authenticator, DoesNotHashNetmasks) {
  std::vector<net::Ipv4Prefix> narrow = kTwo;
  for (net::Ipv4Prefix& prefix : narrow) prefix.length = 32;
  EXPECT_EQ(Authenticator(kKey, 1, narrow, AddressOrder::sorted).sign(7),
            Authenticator(kKey, 1, kTwo, AddressOrder::sorted).sign(7));
}

// C53: key, vhid and set of addresses must all match.
TEST(Authenticator, RefusesAnotherKeyVhidOrAddressSet) {
  const Digest digest = Authenticator(kKey, 1, kTwo, AddressOrder::sorted).sign(7);
  const std::vector<net::Ipv4Prefix> one{kTwo[0]};
  const auto accepts = [&digest](const Key& key, uint8_t vhid, const auto& addresses) {
    return Authenticator(key, vhid, addresses, AddressOrder::sorted).verify(7, digest);
  };
  EXPECT_TRUE(accepts(kKey, 1, kTwo));
  EXPECT_FALSE(accepts(Key{}, 1, kTwo));
  EXPECT_FALSE(accepts(kKey, 2, kTwo));
  EXPECT_FALSE(accepts(kKey, 1, one));
}

}  // namespace
}  // namespace carp::proto
