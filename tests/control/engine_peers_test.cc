// SPDX-License-Identifier: BSD-3-Clause
//
// What `show peers` says of those who are heard (I3.4): each mistake on the other host in words,
// found by trying, and trials so seldom that forgers cost nothing.
#include <gtest/gtest.h>

#include <algorithm>

#include "lib/proto/key.h"
#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"
#include "tests/support/frames.h"
#include "tests/support/vrrp_frames.h"

namespace carp::control {
namespace {

using proto::AddressOrder;
using proto::TimePoint;
using proto::VhostConfig;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kUnknown = "wrong password or address list, or another group with our vhid";

[[nodiscard]] net::Ipv4Prefix shared(std::string_view address) {
  return {support::ip(address), 24};
}

// vhid 1 with three addresses, in an order that is not theirs.
[[nodiscard]] VhostConfig carp0() {
  VhostConfig config = vhost("carp0", 1, "192.168.1.52/24", {1, 100});
  config.addresses.push_back(shared("192.168.1.50"));
  config.addresses.push_back(shared("192.168.1.51"));
  return config;
}
[[nodiscard]] VhostConfig carp1() {
  VhostConfig config = vhost("carp1", 2, "192.168.1.60/24");
  config.key = proto::key_from_pass("second");
  return config;
}
[[nodiscard]] VhostConfig carp2() {
  VhostConfig config = vhost("carp2", 2, "10.0.0.60/24", {}, "lan1");
  config.key = proto::key_from_pass("third");
  return config;
}

// What is said of the only peer.
[[nodiscard]] std::string reason(EngineRig& rig) {
  const auto& peers = rig.engine().peers().all();
  if (peers.size() != 1) return std::to_string(peers.size()) + " peers";
  return peers[0].accepted ? "accepted: " + peers[0].note : peers[0].reason;
}

struct Mistake {
  const char* what;
  void (*make)(VhostConfig&);
  const char* reason;
};

const std::vector<Mistake> kMistakes = {
    {"none", [](VhostConfig&) {}, "accepted: "},
    {"first address left out", [](VhostConfig& c) { c.addresses.erase(c.addresses.begin()); },
     "peer lacks 192.168.1.52"},
    {"last address left out", [](VhostConfig& c) { c.addresses.pop_back(); },
     "peer lacks 192.168.1.51"},
    {"an address of carp1 too",
     [](VhostConfig& c) { c.addresses.push_back(shared("192.168.1.60")); },
     "peer has 192.168.1.60 too"},
    {"our own address too", [](VhostConfig& c) { c.addresses.push_back(shared("192.168.1.3")); },
     "peer has 192.168.1.3 too"},
    {"its own address too", [](VhostConfig& c) { c.addresses.push_back(shared("192.168.1.4")); },
     "peer has 192.168.1.4 too"},
    {"one for another", [](VhostConfig& c) { c.addresses[1] = shared("192.168.1.60"); },
     "peer has 192.168.1.60 instead of 192.168.1.50"},
    {"unsorted (C40)", [](VhostConfig& c) { c.address_order = AddressOrder::configured; },
     "peer hashes its addresses in another order (FreeBSD 6.2): address_order = configured"},
    {"password of another vhid", [](VhostConfig& c) { c.key = carp1().key; },
     "peer uses the password of carp1"},
    {"password of another interface", [](VhostConfig& c) { c.key = carp2().key; },
     "peer uses the password of carp2"},
    {"no password", [](VhostConfig& c) { c.key = {}; }, "peer uses no password"},
    {"carp1 under our vhid",
     [](VhostConfig& c) {
       c.key = carp1().key;
       c.addresses = carp1().addresses;
     },
     "peer has password and addresses of carp1, which is vhid 2 here"},
    {"carp0 under a vhid that nobody has", [](VhostConfig& c) { c.vhid = 11; },
     "peer has password and addresses of carp0, which is vhid 1 here"},
    {"a stranger with our vhid", [](VhostConfig& c) { c.key = proto::key_from_pass("guess"); },
     kUnknown},
    {"two mistakes",
     [](VhostConfig& c) {
       c.addresses.pop_back();
       c.addresses.pop_back();
     },
     kUnknown},
    {"a stranger with another vhid",
     [](VhostConfig& c) {
       c.vhid = 11;
       c.key = {};
     },
     "vhid is not configured on this interface"},
};

TEST(PeerReason, NamesTheMistakeOfTheOtherHost) {
  for (const Mistake& mistake : kMistakes) {
    SCOPED_TRACE(mistake.what);
    EngineRig rig(two_lan_config({carp0(), carp1(), carp2()}));
    rig.start();
    VhostConfig theirs = carp0();
    mistake.make(theirs);
    rig.hear(Neighbour(theirs).advert({1, 0}));
    EXPECT_EQ(reason(rig), mistake.reason);
    EXPECT_FALSE(rig.logged("second") || rig.logged("testpass"));  // I5.3
  }
}

TEST(PeerReason, StandsInTheLogToo) {
  EngineRig rig(lan_config({carp0()}));
  rig.start();
  VhostConfig theirs = carp0();
  theirs.addresses.pop_back();
  rig.hear(Neighbour(theirs).advert({1, 0}));
  rig.pass();
  EXPECT_TRUE(
      rig.logged("refused=badauth interface=lan0 source=192.168.1.4 vhid=1 "
                 "cause=\"peer lacks 192.168.1.51\""));
}

TEST(PeerReason, OfASortingPeerWhereWeDoNot) {
  VhostConfig ours = carp0();
  ours.address_order = AddressOrder::configured;
  EngineRig rig(lan_config({ours}));
  rig.start();
  rig.hear(Neighbour(carp0()).advert({1, 0}));
  EXPECT_EQ(reason(rig), "peer sorts its addresses: address_order = sorted");
}

// Who was changed here and not there; what is no part of the digest is no such change.
TEST(PeerReason, OfAPeerThatHasNotFollowedAChange) {
  VhostConfig password = carp0();
  password.key = proto::key_from_pass("new");
  VhostConfig addresses = carp0();
  addresses.addresses = {shared("192.168.1.70")};
  for (VhostConfig changed : {password, addresses}) {
    EngineRig rig(lan_config({carp0()}));
    rig.start();
    rig.engine().set_vhost(changed, 0, rig.now(), rig.out());
    changed.pace.advskew = 7;
    rig.engine().set_vhost(changed, 0, rig.now(), rig.out());
    rig.hear(Neighbour(carp0()).advert({1, 0}));
    EXPECT_EQ(reason(rig), "peer has password and addresses from before the last change here");
  }
}

// I2.13: both sets are accepted, and what differs from either is explained.
TEST(PeerReason, InATransitionGoesByBothSets) {
  Config config = lan_config({carp0()});
  config.global.transition = seconds(60);
  VhostConfig wanted = carp0();
  wanted.key = proto::key_from_pass("new");
  for (const VhostConfig& set : {carp0(), wanted}) {
    EngineRig rig(config);
    rig.start();
    rig.engine().set_vhost(wanted, 0, rig.now(), rig.out());
    ASSERT_TRUE(rig.entry().sets.is_waiting());
    VhostConfig theirs = set;
    theirs.addresses.pop_back();
    rig.hear(Neighbour(theirs).advert({1, 0}));
    EXPECT_EQ(reason(rig), "peer lacks 192.168.1.51");
    EXPECT_TRUE(rig.entry().sets.is_waiting());
    rig.hear(Neighbour(set).advert({1, 0}));
    EXPECT_TRUE(reason(rig).starts_with("accepted: "));
  }
}

// Nothing a frame: two explanations a second whatever comes, one in five seconds of a peer.
TEST(PeerReason, IsLookedForSeldom) {
  EngineRig rig(lan_config({carp0()}));
  rig.start();
  const auto explained = [&] {
    const auto& peers = rig.engine().peers().all();
    return std::ranges::count_if(
        peers, [](const Peer& peer) { return peer.explained_at != TimePoint::min(); });
  };
  VhostConfig theirs = carp0();
  theirs.addresses.pop_back();
  for (int i = 1; i <= 5; ++i) {
    for (int source = 10; source < 20; ++source)
      rig.hear(Neighbour(theirs, "192.168.1." + std::to_string(source)).advert({1, 0}));
    EXPECT_EQ(explained(), i);
    rig.run(milliseconds(500));
  }
}

TEST(PeerReason, FollowsTheMistakeWithinFiveSeconds) {
  EngineRig rig(lan_config({carp0(), carp1()}));
  rig.start();
  VhostConfig theirs = carp0();
  theirs.addresses.pop_back();
  rig.hear(Neighbour(theirs).advert({1, 0}));
  theirs = carp0();
  theirs.key = carp1().key;
  rig.run(seconds(4));
  rig.hear(Neighbour(theirs).advert({1, 0}));
  EXPECT_EQ(reason(rig), "peer lacks 192.168.1.51");
  rig.run(seconds(1));
  rig.hear(Neighbour(theirs).advert({1, 0}));
  EXPECT_EQ(reason(rig), "peer uses the password of carp1");
  rig.hear(Neighbour(carp0()).advert({1, 0}));
  EXPECT_EQ(reason(rig), "accepted: ");
}

TEST(PeerReason, OfAVhostThatIsInit) {
  VhostConfig config = carp0();
  config.up = false;
  EngineRig rig(lan_config({config}));
  rig.start();
  rig.hear(Neighbour(config).advert({1, 0}));
  EXPECT_EQ(reason(rig), "carp0 is INIT here");
}

TEST(PeerReason, OfVrrp) {
  for (const uint8_t version : {2, 3})
    for (const uint8_t addresses : {1, 7, 20}) {
      EngineRig rig(lan_config({carp0()}));
      rig.start();
      rig.hear(support::vrrp_frame(version, 9, addresses));
      EXPECT_EQ(reason(rig), "VRRP, not CARP, by vhid 9");
      EXPECT_EQ(rig.engine().peers().all()[0].vhid, 9);
      EXPECT_EQ(to_string(rig.engine().peers().all()[0].source), "192.168.1.9");
    }
  EngineRig rig(lan_config({carp0()}));
  rig.start();
  rig.hear(support::vrrp_frame(2, 1, 1));
  EXPECT_EQ(reason(rig),
            "VRRP, not CARP, by vhid 1: it has the virtual MAC of carp0, give one of them another "
            "number");
}

}  // namespace
}  // namespace carp::control
