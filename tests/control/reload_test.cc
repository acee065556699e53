// SPDX-License-Identifier: BSD-3-Clause
//
// `reload` from the line to the engine: the difference alone is carried out, and who asked is told
// (I2.12, I3.5). What a file says is handed over as a value; reading it is job_runner_test's.
#include "lib/proto/key.h"
#include "tests/control/reload_rig.h"

namespace carp::control {
namespace {

using proto::State;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_F(Reload, WhatDoesNotDifferIsNotTouchedAndNothingIsSaid) {
  const uint64_t generation = desk.rig.engine().generation();
  EXPECT_EQ(say(read(start)), "");
  EXPECT_EQ(desk.rig.engine().generation(), generation);
}

// While its neighbour changes in every way, carp0 answers at every moment, stays what it is and
// goes on counting.
TEST_F(Reload, AnUnchangedVhostLosesNoReply) {
  const std::vector<std::function<void(Config&)>> changes = {
      [](Config& c) {
        c.vhosts[1].pace = {2, 7};
      },
      [](Config& c) { c.vhosts[1].key = proto::key_from_pass("another"); },
      [](Config& c) {
        c.vhosts[1].addresses = {net::parse_ipv4_prefix("192.168.1.61/24").value()};
      },
      [](Config& c) { c.vhosts[1].vhid = 9; },
      [](Config& c) { c.vhosts.erase(c.vhosts.begin() + 1); },
      [](Config& c) { c.vhosts.push_back(vhost("carp2", 3, "192.168.1.52/24")); },
      [](Config& c) {
        c.interfaces[0].addresses.push_back(net::parse_ipv4_prefix("192.168.1.4/24").value());
      },
      [](Config& c) { c.global.gratuitous_refresh = seconds(0); },
      [](Config& c) { c.sysctl.preempt = true; }};
  const uint64_t transitions = desk.rig.entry().transitions;
  uint64_t counter = desk.rig.entry().replay.highest().value();
  for (const auto& change : changes) {
    desk.rig.confirm_after = milliseconds(3);
    EXPECT_NE(say_changed(change), "");
    for (int ms = 0; ms < 2000; ++ms) {
      ASSERT_TRUE(desk.rig.answer("192.168.1.50")) << ms;
      desk.rig.run(milliseconds(1));
    }
    EXPECT_GT(desk.rig.entry().replay.highest().value(), counter);
    counter = desk.rig.entry().replay.highest().value();
  }
  EXPECT_TRUE(desk.rig.is_master());
  EXPECT_EQ(desk.rig.entry().transitions, transitions);
  EXPECT_EQ(goodbyes(1), 0);
}

TEST_F(Reload, AChangedVhostKeepsItsState) {
  EXPECT_EQ(say_changed([](Config& c) { c.vhosts[1].pace.advskew = 5; }),
            "carp1: advskew changed\n");
  EXPECT_EQ(desk.rig.entry("carp1").config.pace.advskew, 5);
  EXPECT_TRUE(desk.rig.is_master("carp1"));
  EXPECT_EQ(goodbyes(2), 0);
}

TEST_F(Reload, OneThatIsGoneSaysGoodbye) {
  EXPECT_EQ(say_changed([](Config& c) { c.vhosts.pop_back(); }), "carp1: removed\n");
  desk.rig.run(milliseconds(20));
  EXPECT_EQ(goodbyes(2), 1);
  EXPECT_FALSE(desk.rig.answer("192.168.1.51"));
  EXPECT_EQ(desk.rig.engine().find_vhost("carp1"), nullptr);
}

TEST_F(Reload, OneThatIsNewListensFirst) {
  EXPECT_EQ(
      say_changed([](Config& c) { c.vhosts.push_back(vhost("carp2", 3, "192.168.1.52/24")); }),
      "carp2: added\n");
  EXPECT_EQ(desk.rig.state("carp2"), State::backup);
  desk.rig.run(seconds(2));
  EXPECT_EQ(desk.rig.state("carp2"), State::backup);
  desk.rig.run(seconds(2));
  EXPECT_TRUE(desk.rig.is_master("carp2"));
}

TEST_F(Reload, TradedVhidsBeginAnewAfterAGoodbyeEach) {
  EXPECT_EQ(say_changed([](Config& c) { std::swap(c.vhosts[0].vhid, c.vhosts[1].vhid); }),
            "carp0: vhid changed, it begins anew\ncarp1: vhid changed, it begins anew\n");
  EXPECT_EQ(desk.rig.state("carp0"), State::backup);
  EXPECT_EQ(desk.rig.state("carp1"), State::backup);
  desk.rig.run(seconds(5));
  EXPECT_EQ(goodbyes(1), 1);
  EXPECT_EQ(goodbyes(2), 1);
  EXPECT_EQ(desk.rig.entry("carp0").config.vhid, 2);
  EXPECT_TRUE(desk.rig.answer("192.168.1.50"));
  // Peers that heard the old ones must not take these for their past (D11 rule 2).
  std::map<uint8_t, uint64_t> last;
  for (const SentAdvert& sent : desk.rig.adverts())
    EXPECT_GT(sent.advert.counter, std::exchange(last[sent.advert.vhid], sent.advert.counter));
}

TEST_F(Reload, WhatTheConsoleChangedIsUndone) {
  desk.say("ifconfig carp0 advskew 50");
  desk.say("ifconfig carp1 destroy");
  desk.say("ifconfig carp5 create");
  desk.say("sysctl net.inet.carp.preempt=1");
  EXPECT_EQ(say(read(start)),
            "carp5: removed\ncarp0: advskew changed\ncarp1: added\n"
            "[sysctl]: net.inet.carp.preempt changed\n");
  Config now = running_config(desk.rig.engine());
  EXPECT_EQ(now, start);
}

TEST_F(Reload, OwnAddressesChange) {
  EXPECT_EQ(say_changed([](Config& c) {
              c.interfaces[0].addresses = {net::parse_ipv4_prefix("192.168.1.4/24").value()};
            }),
            "[interface lan0]: address changed\n");
  desk.rig.run(seconds(2));
  EXPECT_TRUE(desk.rig.answer("192.168.1.4"));
  EXPECT_FALSE(desk.rig.answer("192.168.1.3"));
  EXPECT_EQ(to_string(desk.rig.engine().own_address(desk.rig.entry())), "192.168.1.4");
  EXPECT_EQ(say(read(start)), "[interface lan0]: address changed\n");
}

// I2.10: a refresh that is switched on begins, one that is switched off ends.
TEST_F(Reload, TheRefreshOfGratuitousArpFollows) {
  say_changed([](Config& c) { c.global.gratuitous_refresh = seconds(0); });
  desk.rig.run(seconds(5));  // what the takeover still had to announce (D19)
  desk.rig.forget_sent();
  desk.rig.run(seconds(130));
  EXPECT_TRUE(desk.rig.announcements().empty());
  say_changed([](Config& c) { c.global.gratuitous_refresh = seconds(10); });
  desk.rig.run(seconds(11));
  EXPECT_EQ(desk.rig.announcements().size(), 2u);
}

TEST_F(Reload, EveryFaultIsSaidAndNothingChanges) {
  const ReadConfig faulty{
      std::nullopt, {{3, "advskew: 300 is not in 0–254"}, {9, "unknown key"}}, {}};
  EXPECT_EQ(say(faulty, "ifconfig carp0 advskew 9 && reload && ifconfig carp0 advskew 10"),
            "/etc/carp.ini:3: advskew: 300 is not in 0–254\n"
            "/etc/carp.ini:9: unknown key\n"
            "error: reload: /etc/carp.ini: 2 fault(s); nothing was changed\n");
  EXPECT_EQ(desk.rig.entry().config.pace.advskew, 9);  // what came before it holds
}

TEST_F(Reload, WhatThisVersionCannotDoIsRefused) {
  Config config = start;
  config.vhosts[0].pace.advskew = 9;
  config.unsupported = {"[carp0] peer", "[carp1] peer"};
  EXPECT_EQ(
      say(read(config)),
      "error: reload: /etc/carp.ini: not carried out by this version: [carp0] peer, [carp1] peer; "
      "nothing was changed\n");
  EXPECT_EQ(desk.rig.entry().config.pace.advskew, 0);
}

TEST_F(Reload, WarningsAndWhatTakesARestartAreSaid) {
  Config config = start;
  config.interfaces[0].mtu = 9000;
  config.workers.idle = Idle::sleep;
  EXPECT_EQ(say({config, {}, {{4, "carp0 has no password"}}}),
            "/etc/carp.ini:4: warning: carp0 has no password\n"
            "[interface lan0]: mtu is left until a restart\n"
            "[workers]: idle is left until a restart\n");
}

TEST_F(Reload, AMixtureThatCannotBeIsRefused) {
  Config config = start;
  config.interfaces[1].port = "other";
  config.interfaces[1].addresses = {net::parse_ipv4_prefix("192.168.9.3/24").value()};
  config.interfaces[0].addresses.push_back(net::parse_ipv4_prefix("192.168.2.3/24").value());
  EXPECT_TRUE(say(read(config)).starts_with("error: reload: /etc/carp.ini: address: 192.168.2.3 "));
  EXPECT_EQ(running_config(desk.rig.engine()), start);
}

// One that leaves keeps its place until its goodbye has left.
TEST_F(Reload, NoMoreVhostsAreMadeThanThereIsRoomFor) {
  Config full = start;
  full.interfaces.clear();
  full.vhosts.clear();
  for (int lan = 0; lan < dataplane::kMaxInterfaces; ++lan) {
    const std::string name = "lan" + std::to_string(lan);
    const std::string net = "10.0." + std::to_string(lan) + '.';
    full.interfaces.push_back(interface_config(name, net + "1/16"));
    for (int vhid = 1; vhid <= 255; ++vhid) {
      const std::string carp = "carp" + std::to_string(lan * 255 + vhid);
      const std::string address = "10.1." + std::to_string(lan) + '.' + std::to_string(vhid);
      full.vhosts.push_back(vhost(carp, static_cast<uint8_t>(vhid), address + "/16", {}, name));
    }
  }
  CommandRig crowd(full);
  EngineRig& rig = crowd.rig;
  Config traded = full;
  std::swap(traded.vhosts[0].vhid, traded.vhosts[1].vhid);
  const Reply reply = reload_engine(rig.engine(), kFile, read(traded), rig.now(), rig.out());
  EXPECT_TRUE(reply.error);
  EXPECT_NE(reply.text.find("there is no room for 2 more"), std::string::npos) << reply.text;
  EXPECT_EQ(rig.entry("carp1").config.vhid, 1);
}

}  // namespace
}  // namespace carp::control
