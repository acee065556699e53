// SPDX-License-Identifier: BSD-3-Clause
//
// What the engine's table says of an interface with a kernel's beside it (I7.2).
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"

namespace carp::control {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// lan0 has none, lan1 has: each table says so, that of a failover too.
TEST(Host, OfAnInterfaceIsInEveryTable) {
  Config config = two_lan_config({vhost("carp0", 1, "10.0.0.50/24")});
  config.interfaces[1].host = HostMode::tap;
  config.vhosts[0].interface = "lan1";
  EngineRig rig(std::move(config));
  rig.start();
  rig.run(milliseconds(20));
  for (const bool is_master : {false, true}) {
    ASSERT_EQ(rig.is_master(), is_master);
    ASSERT_NE(rig.table(), nullptr);
    const dataplane::ForwardTable& table = *rig.table();
    EXPECT_EQ(table.interfaces()[0].host, dataplane::kNoHost);
    ASSERT_NE(table.find_host(1), nullptr);
    EXPECT_EQ(table.find_host(1)->index, 1);
    EXPECT_TRUE(rig.answer("192.168.1.3"));
    EXPECT_FALSE(rig.answer("10.0.0.3", "10.0.0.200", 1));  // the kernel does
    EXPECT_EQ(rig.answer("10.0.0.50", "10.0.0.200", 1).has_value(), is_master);
    rig.run(seconds(3));
  }
}

}  // namespace
}  // namespace carp::control
