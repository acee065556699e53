// SPDX-License-Identifier: BSD-3-Clause
//
// What is told of advertisements that are refused (I3.4, I5.1), and that they cost nothing: no
// state, no memory without bound, no flood of lines.
#include <gtest/gtest.h>

#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using proto::State;
using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] proto::VhostConfig carp0() { return vhost("carp0", 1, "192.168.1.50/24", {1, 254}); }

// Frames of the group's one peer, right or wrong.
class Refusal : public testing::Test {
 protected:
  [[nodiscard]] net::Frame good() { return peer.advert({1, 0}); }
  [[nodiscard]] net::Frame bad_auth() { return stranger().advert({1, 0}); }
  [[nodiscard]] net::Frame bad_vhid() {
    auto config = carp0();
    config.vhid = 9;
    return Neighbour(config).advert({1, 0});
  }
  [[nodiscard]] net::Frame bad_sum() {
    net::Frame frame = good();
    frame.back() ^= 1;
    return frame;
  }
  [[nodiscard]] static Neighbour stranger() {
    auto config = carp0();
    config.key.bytes[0] ^= 1;
    return Neighbour(config);
  }

  Neighbour peer{carp0()};
};

// C91: a MASTER that would yield to anything valid.
TEST_F(Refusal, LeavesAMasterAlone) {
  EngineRig rig(lan_config({carp0()}));
  rig.start();
  rig.run(seconds(5));
  ASSERT_TRUE(rig.is_master());
  const proto::Vhost before = rig.entry().vhost;
  for (const net::Frame& frame : {bad_auth(), bad_vhid(), bad_sum()}) {
    rig.receive(0, frame);
    rig.pass();
    EXPECT_TRUE(rig.is_master());
    EXPECT_EQ(rig.entry().vhost.deadline, before.deadline);
    EXPECT_EQ(rig.entry().vhost.lease_until, before.lease_until);
  }
  rig.receive(0, good());
  rig.pass();
  EXPECT_EQ(rig.state(), State::backup);
}

// C92 step 8, D7: counted badvhid, whatever else is wrong with it.
TEST_F(Refusal, ForAVhostThatDoesNotRunIsBadvhid) {
  auto config = carp0();
  config.up = false;
  EngineRig rig(lan_config({config}));
  rig.start();
  rig.hear(bad_auth());
  rig.hear(good());
  rig.pass();
  EXPECT_EQ(rig.engine().statistics().badvhid, 2u);
  EXPECT_EQ(rig.engine().statistics().badauth, 0u);
  EXPECT_EQ(rig.state(), State::init);
}

TEST_F(Refusal, PeersTellWhoAndWhy) {
  EngineRig rig(lan_config({carp0()}));
  const auto& peers = rig.engine().peers().all();
  rig.start();
  rig.hear(bad_auth());
  ASSERT_EQ(peers.size(), 1u);
  EXPECT_FALSE(peers[0].accepted);
  EXPECT_EQ(peers[0].reason, "wrong password or address list, or another group with our vhid");
  rig.hear(good());
  ASSERT_EQ(peers.size(), 1u);
  EXPECT_TRUE(peers[0].accepted);
  EXPECT_EQ(peers[0].reason, "");
  EXPECT_EQ(to_string(peers[0].source), "192.168.1.4");
}

// I5.1: a line a second for each reason, with a count; badvhid never; nothing at log 0.
TEST_F(Refusal, IsLoggedOnceASecondPerReason) {
  for (const int level : {0, 1}) {
    Config config = lan_config({carp0()});
    config.sysctl.log = level;
    EngineRig rig(std::move(config));
    rig.start();
    rig.forget_log();
    for (int i = 0; i < 10; ++i) {
      for (const net::Frame& frame : {bad_auth(), bad_sum(), bad_vhid()}) rig.hear(frame);
      rig.run(milliseconds(10));
    }
    EXPECT_EQ(rig.log().size(), level == 0 ? 0u : 2u);
    rig.run(seconds(1));
    rig.hear(bad_auth());
    rig.pass();
    ASSERT_EQ(rig.log().size(), level == 0 ? 0u : 3u);
    if (level == 0) continue;
    EXPECT_EQ(
        rig.log().back().text,
        "carp: refused=badauth interface=lan0 source=192.168.1.4 vhid=1 "
        "cause=\"wrong password or address list, or another group with our vhid\" left_out=9");
    EXPECT_FALSE(rig.logged("badvhid"));
    EXPECT_FALSE(rig.logged("testpass"));  // I5.3
  }
}

// Neither memory nor what is known of the real peer.
TEST_F(Refusal, OfAHundredThousandForgedSourcesCostsNothing) {
  EngineRig rig(two_lan_config({carp0(), vhost("carp1", 1, "10.0.0.50/24", {}, "lan1")}));
  rig.start();
  rig.hear(good());
  rig.pass();
  rig.forget_log();
  const TimePoint due = rig.entry().vhost.deadline;
  constexpr uint32_t kSources = 100'000;
  for (uint32_t i = 0; i < kSources; ++i) {
    const proto::Advert advert{.vhid = static_cast<uint8_t>(i >> 1), .pace = {1, 0}, .counter = i};
    rig.hear(proto::build_advert(advert, {.source = {0x0a000000 + i}}),
             static_cast<dataplane::PortId>(i & 1));
  }
  rig.pass();
  const auto& peers = rig.engine().peers().all();
  EXPECT_EQ(peers.size(), kPeersMax);
  for (auto first = peers.begin(); first != peers.end();) {
    const auto last = std::find_if(first, peers.end(), [&](const Peer& peer) {
      return std::pair(peer.interface, peer.vhid) != std::pair(first->interface, first->vhid);
    });
    EXPECT_LE(static_cast<size_t>(last - first), kPeersPerVhidMax);
    first = last;
  }
  EXPECT_EQ(std::count_if(peers.begin(), peers.end(), [](auto& p) { return p.accepted; }), 1);
  EXPECT_EQ(rig.engine().statistics().ipackets, kSources + 1u);
  EXPECT_EQ(rig.log().size(), 1u);  // badauth
  EXPECT_EQ(rig.entry().vhost.deadline, due);
}

}  // namespace
}  // namespace carp::control
