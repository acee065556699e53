// SPDX-License-Identifier: BSD-3-Clause
//
// `show config`: what runs, as carp.ini would say it, without its passwords (I3.4).
#include <gtest/gtest.h>

#include "lib/control/config_reader.h"
#include "lib/proto/key.h"
#include "tests/control/command_rig.h"

namespace carp::control {
namespace {

using Json = nlohmann::json;

[[nodiscard]] Config config() {
  proto::VhostConfig first = vhost("carp0", 1, "192.168.1.50/24", {1, 100});
  first.key = proto::key_from_pass("Hush");
  first.up = false;
  proto::VhostConfig second = vhost("carp1", 2, "192.168.1.51/24");
  second.key = {};
  Config config = lan_config({first, second});
  config.interfaces[0].port = "0000:01:00.0";
  config.interfaces[0].host_name = config.interfaces[0].name;
  config.interfaces[0].mtu = 9000;
  config.control.listen.reset();
  return config;
}

TEST(ShowConfig, SaysWhatRunsAsAFileWould) {
  CommandRig console(config());
  console.say("ifconfig carp1 advskew 7");
  EXPECT_EQ(console.say("show config"),
            "[sysctl]\nnet.inet.carp.allow = 1\nnet.inet.carp.preempt = 0\n"
            "net.inet.carp.log = 2\nnet.inet.carp.arpbalance = 0\n"
            "\n[interface lan0]\nport = 0000:01:00.0\naddress = 192.168.1.3/24\nmtu = 9000\n"
            "\n[carp0]\nvhid = 1\nadvbase = 1\nadvskew = 100\npass = ********\n"
            "address = 192.168.1.50/24\ninterface = lan0\nup = no\n"
            "\n[carp1]\nvhid = 2\nadvbase = 1\nadvskew = 7\n"
            "address = 192.168.1.51/24\ninterface = lan0\n"
            "\n[workers]\nidle = poll\nburst = 32\narp_limit = 0\necho_limit = 0\n"
            "\n[control]\nlisten = off\nsocket = /run/dpdk-carp/control.sock\nidle_timeout = 600\n"
            "\n[metrics]\nlisten = off\n"
            "\n[gratuitous]\nrefresh = 60\n"
            "\n[global]\nstartup_hold = 0\npreempt_delay = 0\nstate_dir = /var/lib/dpdk-carp\n"
            "transition = 0\n");
}

// But for the passwords it could be started with.
TEST(ShowConfig, CanBeReadAgain) {
  CommandRig console(config());
  Config expected = config();
  expected.vhosts[0].key = proto::key_from_pass("********");
  const ReadConfig read = read_config(console.say("show config"), {});
  EXPECT_TRUE(read.faults.empty());
  EXPECT_EQ(read.config, expected);
}

TEST(ShowConfig, JsonHasTypes) {
  CommandRig console(config());
  const Json shown = console.document("config").at("config");
  EXPECT_EQ(shown.at("sysctl").at("net.inet.carp.log"), 2);
  EXPECT_EQ(shown.at("interfaces").at(0).at("name"), "lan0");
  EXPECT_EQ(shown.at("interfaces").at(0).at("address"), Json({"192.168.1.3/24"}));
  EXPECT_EQ(shown.at("interfaces").at(0).at("mtu"), 9000);
  EXPECT_EQ(shown.at("interfaces").at(0).at("rx_descriptors"), nullptr);
  EXPECT_EQ(shown.at("vhosts").size(), 2u);
  EXPECT_EQ(shown.at("vhosts").at(0).at("pass"), "********");
  EXPECT_EQ(shown.at("vhosts").at(0).at("up"), false);
  EXPECT_EQ(shown.at("vhosts").at(1).at("pass"), nullptr);
  EXPECT_EQ(shown.at("vhosts").at(1).at("vhid"), 2);
  EXPECT_EQ(shown.at("control").at("listen"), "off");
  EXPECT_EQ(shown.at("global").at("preempt_delay"), 0);
}

TEST(ShowConfig, HooksAreShownWhereThereAreAny) {
  Config with_hooks = config();
  with_hooks.hooks = {{"/bin/b", "/bin/a"}, std::chrono::seconds(10)};
  CommandRig console(with_hooks);
  const std::string text = console.say("show config");
  EXPECT_TRUE(
      text.ends_with("\n[hooks]\nstate_change = /bin/b\nstate_change = /bin/a\n"
                     "timeout = 10\n"))
      << text;
  EXPECT_EQ(read_config(text, {}).config->hooks, with_hooks.hooks);
  EXPECT_EQ(console.document("config").at("config").at("hooks").at("state_change"),
            Json({"/bin/b", "/bin/a"}));
}

TEST(ShowConfig, HealthChecksAreShown) {
  Config with_tracks = config();
  with_tracks.tracks = {{.name = "web", .command = "curl -sf http://127.0.0.1/ || exit 1"}};
  CommandRig console(with_tracks);
  const std::string text = console.say("show config");
  EXPECT_TRUE(
      text.ends_with("\n[track web]\ncommand = curl -sf http://127.0.0.1/ || exit 1\n"
                     "interval = 5\ntimeout = 5\nrise = 2\nfall = 3\ndemotion = 240\n"))
      << text;
  EXPECT_EQ(read_config(text, {}).config->tracks, with_tracks.tracks);
  const Json tracks = console.document("config").at("config").at("tracks");
  EXPECT_EQ(tracks.at(0).at("name"), "web");
  EXPECT_EQ(tracks.at(0).at("interval"), 5);
}

TEST(ShowConfig, AVhostThatIsNotCompleteLacksKeys) {
  CommandRig console(config());
  console.say("ifconfig carp7 create");
  EXPECT_NE(console.say("show config").find("\n[carp7]\nadvbase = 1\nadvskew = 0\nup = no\n"),
            std::string::npos);
}

}  // namespace
}  // namespace carp::control
