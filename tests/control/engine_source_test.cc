// SPDX-License-Identifier: BSD-3-Clause
//
// C7: from which of its own addresses a host advertises. Peers break ties by it (D3) and operators
// read it in `show peers`.
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/support/frames.h"

namespace carp::control {
namespace {

using std::chrono::seconds;

// The source of what a host with these own addresses advertises for `shared`.
[[nodiscard]] std::string source(const std::vector<std::string_view>& own,
                                 std::string_view shared) {
  Config config = lan_config({vhost("carp0", 1, shared)});
  config.interfaces[0].addresses.clear();
  for (const std::string_view address : own)
    config.interfaces[0].addresses.push_back(*net::parse_ipv4_prefix(address));
  EngineRig rig(std::move(config));
  rig.start();
  rig.run(seconds(4));
  const auto adverts = rig.adverts();
  return adverts.empty() ? "silent" : to_string(adverts.front().advert.source);
}

TEST(Source, IsTheOwnAddressWhoseSubnetHoldsTheSharedOne) {
  EXPECT_EQ(source({"192.168.1.3/24", "10.0.0.3/24"}, "192.168.1.50/24"), "192.168.1.3");
  EXPECT_EQ(source({"192.168.1.3/24", "10.0.0.3/24"}, "10.0.0.50/24"), "10.0.0.3");
  EXPECT_EQ(source({"10.0.1.3/24", "10.0.0.3/16"}, "10.0.0.50/24"), "10.0.0.3");
}

TEST(Source, IsTheFirstOfSeveralInTheSubnet) {
  EXPECT_EQ(source({"192.168.1.9/24", "192.168.1.3/24"}, "192.168.1.50/24"), "192.168.1.9");
}

TEST(Source, IsTheFirstWhereNoSubnetHoldsIt) {
  EXPECT_EQ(source({"192.168.1.3/24", "10.0.0.3/24"}, "172.16.0.1/32"), "192.168.1.3");
}

}  // namespace
}  // namespace carp::control
