// SPDX-License-Identifier: BSD-3-Clause
//
// What `write` makes of a file (I3.5): it says what runs, and nothing else in it has moved.
#include "lib/proto/key.h"
#include "tests/control/config_update_scene.h"

namespace carp::control {
namespace {

// What `change` makes of the configuration that the text says, saved to that text.
template <typename Change>
[[nodiscard]] std::string after(std::string_view text, Change change) {
  Config running = config_of(text);
  change(running);
  return update(text, running);
}

[[nodiscard]] net::Ipv4Prefix prefix(std::string_view text) {
  return net::parse_ipv4_prefix(text).value();
}

constexpr std::string_view kText =
    "# of the lab\n"
    "[interface lan0]\n"
    "port = p0          # the left one\n"
    "address = 192.168.1.3/24\n"
    "\n"
    "  [carp0]\n"
    "vhid    = 1\n"
    "advskew = 100      # the spare\n"
    "pass_file = /pass\n"
    "# for the web\n"
    "address = 192.168.1.50/24  # www\n"
    "address = 192.168.1.51/24\n"
    "\n"
    "[carp1]\n"
    "vhid = 2\n"
    "pass = two words\n"
    "address = 192.168.1.60/24\n";

[[nodiscard]] std::string replaced(std::string_view text, std::string_view old,
                                   std::string_view fresh) {
  std::string result(text);
  const size_t at = result.find(old);
  EXPECT_NE(at, result.npos) << old;
  return at == result.npos ? result : result.replace(at, old.size(), fresh);
}

TEST(ConfigUpdate, WhatDoesNotDifferStaysByteByByte) {
  for (const std::string& text :
       {std::string(kText), std::string(kText.substr(0, kText.size() - 1)),
        replaced(kText, "# of the lab\n", "\xef\xbb\xbf"), std::string(kText) + "\n\n# end"}) {
    EXPECT_EQ(update(text, config_of(text)), text);
  }
}

TEST(ConfigUpdate, AChangedKeyKeepsItsPlaceAndComment) {
  EXPECT_EQ(after(kText, [](Config& c) { c.vhosts[0].pace.advskew = 7; }),
            replaced(kText, "advskew = 100      #", "advskew = 7      #"));
  EXPECT_EQ(after(kText, [](Config& c) { c.vhosts[1].vhid = 3; }),
            replaced(kText, "vhid = 2", "vhid = 3"));
}

TEST(ConfigUpdate, ANewKeyComesLast) {
  EXPECT_EQ(after(kText, [](Config& c) { c.vhosts[0].pace.advbase = 2; }),
            replaced(kText, "1.51/24\n", "1.51/24\nadvbase = 2\n"));
  EXPECT_EQ(after(kText, [](Config& c) { c.vhosts[1].up = false; }),
            std::string(kText) + "up = no\n");
}

TEST(ConfigUpdate, APasswordTakesThePlaceOfWhatWasThere) {
  const auto key = [](const char* pass) { return proto::key_from_pass(pass); };
  EXPECT_EQ(after(kText, [&](Config& c) { c.vhosts[0].key = key("fresh"); }),
            replaced(kText, "pass_file = /pass", "pass = fresh"));
  EXPECT_EQ(after(kText, [&](Config& c) { c.vhosts[1].key = key("a#b"); }),
            replaced(kText, "pass = two words", "pass_hex = 612362"));
  EXPECT_EQ(after(kText, [&](Config& c) { c.vhosts[1].key = {}; }),
            replaced(kText, "pass = two words\n", ""));
  const std::string without = replaced(kText, "pass = two words\n", "");
  EXPECT_EQ(after(without, [&](Config& c) { c.vhosts[1].key = key("x"); }), without + "pass = x\n");
}

TEST(ConfigUpdate, AddressesThatStayKeepTheirLines) {
  EXPECT_EQ(
      after(kText, [](Config& c) { c.vhosts[0].addresses.push_back(prefix("192.168.1.9/24")); }),
      replaced(kText, "1.51/24\n", "1.51/24\naddress = 192.168.1.9/24\n"));
  EXPECT_EQ(
      after(kText, [](Config& c) { c.vhosts[0].addresses.erase(c.vhosts[0].addresses.begin()); }),
      replaced(kText, "address = 192.168.1.50/24  # www\n", ""));
  EXPECT_EQ(after(kText,
                  [](Config& c) { std::swap(c.vhosts[0].addresses[0], c.vhosts[0].addresses[1]); }),
            replaced(kText, "address = 192.168.1.50/24  # www\naddress = 192.168.1.51/24\n",
                     "address = 192.168.1.51/24\naddress = 192.168.1.50/24  # www\n"));
}

TEST(ConfigUpdate, VhostsComeAndGo) {
  EXPECT_EQ(after(kText, [](Config& c) { c.vhosts.pop_back(); }),
            kText.substr(0, kText.find("[carp1]")));
  EXPECT_EQ(after(kText,
                  [](Config& c) {
                    c.vhosts.push_back({.name = "carp7",
                                        .interface = "lan0",
                                        .vhid = 7,
                                        .key = proto::key_from_pass("seven"),
                                        .addresses = {prefix("192.168.1.70/24")}});
                  }),
            std::string(kText) +
                "\n[carp7]\nvhid = 7\nadvbase = 1\nadvskew = 0\npass = seven\n"
                "address = 192.168.1.70/24\ninterface = lan0\n");
}

TEST(ConfigUpdate, SysctlsAreWritten) {
  EXPECT_EQ(after(kText, [](Config& c) { c.sysctl.preempt = true; }),
            std::string(kText) + "\n[sysctl]\nnet.inet.carp.preempt = 1\n");
  const std::string text = "[sysctl]\nnet.inet.carp.preempt=1 # yes\n" + std::string(kText);
  EXPECT_EQ(after(text, [](Config& c) { c.sysctl = {.preempt = false, .log = 2}; }),
            replaced(text, "preempt=1 # yes\n", "preempt=0 # yes\nnet.inet.carp.log = 2\n"));
}

constexpr std::string_view kRcText =
    "[interface fxp0]\n"
    "port = p0\n"
    "[rc.conf]\n"
    "ifconfig_fxp0=\"inet 192.168.1.3 netmask 255.255.255.0\"\n"
    "cloned_interfaces=\"carp0 carp1\"   # two\n"
    "ifconfig_carp0=\"vhid 1 advskew 100 pass testpass 192.168.1.50/24\"\n"
    "ifconfig_carp0_alias0=\"192.168.1.51/24\"\n"
    "# the other\n"
    "ifconfig_carp1=\"vhid 2 pass testpass 192.168.1.60/24\"\n"
    "hostname=\"hosta\"\n";

TEST(ConfigUpdate, LinesOfRcConfStayUnlessTheirVhostDiffers) {
  EXPECT_EQ(update(kRcText, config_of(kRcText)), kRcText);
  std::string expected = replaced(kRcText, "\"carp0 carp1\"   # two", "\"carp1\"");
  const size_t begin = expected.find("ifconfig_carp0=");
  expected.erase(begin, expected.find("# the other") - begin);
  EXPECT_EQ(after(kRcText, [](Config& c) { c.vhosts.erase(c.vhosts.begin()); }), expected);
  EXPECT_EQ(after(kRcText, [](Config& c) { c.vhosts[0].pace.advskew = 7; }),
            expected +
                "\n[carp0]\nvhid = 1\nadvbase = 1\nadvskew = 7\npass = testpass\n"
                "address = 192.168.1.50/24\naddress = 192.168.1.51/24\ninterface = fxp0\n");
}

TEST(ConfigUpdate, TheLastOneOfRcConfLeavesNoEmptyList) {
  const std::string text = after(kRcText, [](Config& c) { c.vhosts.clear(); });
  EXPECT_EQ(text.find("cloned_interfaces"), text.npos);
  EXPECT_EQ(text.find("ifconfig_carp"), text.npos);
}

TEST(ConfigUpdate, LineEndsStayThoseOfTheFile) {
  std::string text;
  for (const char c : std::string(kText)) text += c == '\n' ? "\r\n" : std::string(1, c);
  const std::string updated = after(text, [](Config& c) {
    c.sysctl.preempt = true;
    c.vhosts[0].pace = {2, 7};
    std::swap(c.vhosts[0].addresses[0], c.vhosts[0].addresses[1]);
    c.vhosts[1].name = "carp9";
  });
  for (size_t at = updated.find('\n'); at != updated.npos; at = updated.find('\n', at + 1)) {
    ASSERT_EQ(updated[at - 1], '\r') << updated.substr(0, at);
    ASSERT_NE(updated[at - 2], '\r') << updated.substr(0, at);
  }
}

TEST(ConfigUpdate, AFaultyFileIsLeftAlone) {
  const std::string text = replaced(kText, "vhid = 2", "vhid = 256\ncolour = blue");
  EXPECT_EQ(why_not(text, config_of(kText)),
            "/etc/carp.ini:15: vhid: 256 is not in 1–255\n"
            "/etc/carp.ini:16: unknown key colour in [carp1]\n"
            "error: write: /etc/carp.ini: 2 fault(s); it was left alone\n");
}

TEST(ConfigUpdate, WhatCannotBeStartedWithIsNotWritten) {
  Config running = config_of(kText);
  running.vhosts.push_back({.name = "carp5", .up = false});
  EXPECT_EQ(why_not(kText, running),
            "error: write: carp5 lacks a vhid; complete it, or ifconfig carp5 destroy\n");
  running.vhosts.back().vhid = 9;
  EXPECT_EQ(why_not(kText, running),
            "error: write: carp5 lacks an address; complete it, or ifconfig carp5 destroy\n");
}

// Somebody has edited it for the next reload or restart; saving what runs would undo that.
TEST(ConfigUpdate, EditsThatDoNotRunYetAreNotUndone) {
  const Config running = config_of(kText);
  const auto refusal = [&](std::string_view old, std::string_view fresh) {
    return why_not(replaced(kText, old, fresh), running);
  };
  const auto edited = [](const std::string& what) {
    return "error: write: /etc/carp.ini was edited and does not run as it stands (" + what +
           "); reload or restart first\n";
  };
  EXPECT_EQ(refusal("port = p0", "port = p1"), edited("[interface lan0]: port"));
  EXPECT_EQ(refusal("1.3/24\n", "1.3/24\nlink_hold = 3\n"),
            edited("[interface lan0]: link_hold changed"));
  EXPECT_EQ(refusal("# of the lab", "[global]\npreempt_delay = 3"),
            edited("[global]: preempt_delay changed"));
  EXPECT_EQ(refusal("# of the lab", "[metrics]\nlisten = 127.0.0.1:9"),
            edited("[metrics]: listen"));
}

TEST(ConfigUpdate, ANewFileSaysAll) {
  Config running = config_of(kText);
  running.vhosts[1].key.bytes.fill(0xff);
  running.interfaces[0].mtu = 9000;
  running.global.preempt_delay = std::chrono::seconds(3);
  running.workers = {Idle::sleep, 8, 100, 1000};
  const auto text = new_config(kFile, running, surroundings());
  ASSERT_TRUE(text);
  EXPECT_EQ(config_of(text.value()), running);
}

}  // namespace
}  // namespace carp::control
