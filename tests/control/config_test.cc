// SPDX-License-Identifier: BSD-3-Clause
//
// Whole files that users would write, and the Config they make.
#include <gmock/gmock.h>

#include "lib/proto/key.h"
#include "tests/control/config_test_files.h"

namespace carp::control {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

[[nodiscard]] net::Ipv4Prefix prefix(const char* text) {
  return net::parse_ipv4_prefix(text).value();
}

// The sample of interface.md, section 2, as it stands there.
constexpr const char* kSample = R"ini(
    [sysctl]                             # names and meanings as in sysctl(8) on FreeBSD
    net.inet.carp.preempt    = 1
    net.inet.carp.arpbalance = 0

    [interface lan0]
    port    = 0000:01:00.0               # an ethdev: a PCI address, or the name of a --vdev
    address = 192.168.1.3/24             # this host's own address; may repeat
    host    = tap                        # none | tap | virtio_user: hand other traffic to the kernel (section 7)

    [carp0]
    vhid    = 1
    advbase = 1
    advskew = 0
    pass    = testpass
    address = 192.168.1.50/24            # a shared address; may repeat

    [workers]
    idle    = poll                       # poll | pause | sleep

    [control]
    listen  = 127.0.0.1:8112             # telnet; off = no TCP port
    socket  = /run/dpdk-carp/control.sock

    [metrics]
    listen  = 127.0.0.1:9112             # no metrics port when the section is absent
)ini";

[[nodiscard]] InterfaceConfig lan0() {
  InterfaceConfig interface;
  interface.name = "lan0";
  interface.port = "0000:01:00.0";
  interface.addresses = {prefix("192.168.1.3/24")};
  interface.host_name = "lan0";
  return interface;
}

[[nodiscard]] proto::VhostConfig vhost(const char* name, uint8_t vhid, uint8_t advskew,
                                       const char* pass, const char* address) {
  proto::VhostConfig result;
  result.name = name;
  result.interface = "lan0";
  result.vhid = vhid;
  result.pace.advskew = advskew;
  result.key = proto::key_from_pass(pass);
  result.addresses = {prefix(address)};
  return result;
}

TEST(Config, SampleOfTheManualIsRead) {
  Config expected;
  expected.sysctl.preempt = true;
  expected.interfaces = {lan0()};
  expected.interfaces[0].host = HostMode::tap;
  expected.vhosts = {vhost("carp0", 1, 0, "testpass", "192.168.1.50/24")};
  expected.metrics.listen = Endpoint{{0x7f000001}, 9112};

  const ReadConfig read = read_file_text(kSample);
  EXPECT_THAT(texts(read.faults), IsEmpty());
  EXPECT_THAT(texts(read.warnings), IsEmpty());
  ASSERT_TRUE(read.config);
  EXPECT_EQ(*read.config, expected);
}

TEST(Config, LineEndsOfOtherSystemsMakeNoDifference) {
  std::string text = "\xef\xbb\xbf" + kGoodFile;
  for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
    text.insert(at, "\r");
  }
  EXPECT_EQ(config_of(text), config_of(kGoodFile));
  const std::string unended = kGoodFile.substr(0, kGoodFile.size() - 1);
  EXPECT_EQ(config_of(unended), config_of(kGoodFile));
}

TEST(Config, CommentsStartAfterABlankOnly) {
  const std::string more =
      "; a comment of other INI files\n"
      "  # one after blanks\n"
      "[global]#no comment\n";
  EXPECT_THAT(faults_after_good(more), ElementsAre("10: the section has no closing ]"));
  const Config config = config_of(kGoodFile + "[global] # one\nstate_dir = /var/carp#1\t# two\n");
  EXPECT_EQ(config.global.state_dir, "/var/carp#1");
}

TEST(Config, EveryKeyOfAnInterfaceIsKept) {
  const Config config = config_of(
      "[interface wan]\nport = 01:00.1\nvlan = 4094\nmtu = 9000\nrx_descriptors = 1024\n"
      "tx_descriptors = 512\nlink_hold = 5\nmac_filter = off\nhost = none\nhost_name = w0\n");
  InterfaceConfig expected;
  expected.name = "wan";
  expected.port = "0000:01:00.1";
  expected.vlan = 4094;
  expected.mtu = 9000;
  expected.rx_descriptors = 1024;
  expected.tx_descriptors = 512;
  expected.link_hold = std::chrono::seconds(5);
  expected.mac_filter = MacFilter::off;
  expected.host_name = "w0";
  EXPECT_THAT(config.interfaces, ElementsAre(expected));
}

TEST(Config, EveryKeyOfAVhostIsKept) {
  const Config config = config_of(
      "[interface lan0]\nport = net_tap0\naddress = 192.168.1.3/24\n"
      "[carp7]\nvhid = 255\nadvbase = 0\nadvskew = 0\npass_hex = 0aFf\n"
      "address = 192.168.1.9/24\naddress = 10.0.0.1/8\ninterface = lan0\nup = no\n"
      "address_order = configured\narp_source = port\nreplay = off\nopenbsd_demotion = yes\n");
  proto::VhostConfig expected = vhost("carp7", 255, 0, "\x0a\xff", "192.168.1.9/24");
  expected.pace = {0, 0};  // a sub-second group (D12)
  expected.addresses.push_back(prefix("10.0.0.1/8"));
  expected.up = false;
  expected.address_order = proto::AddressOrder::configured;
  expected.arp_source = proto::ArpSource::port;
  expected.replay = proto::ReplayPolicy::off;
  expected.openbsd_demotion = true;
  EXPECT_THAT(config.vhosts, ElementsAre(expected));
}

TEST(Config, EverySettingOfTheProgramIsKept) {
  const Config config = config_of(
      kGoodFile +
      "[sysctl]\nnet.inet.carp.allow = 0\nnet.inet.carp.log = 2\nnet.inet.carp.arpbalance=1\n"
      "[workers]\nidle = sleep\nburst = 64\narp_limit = 100\necho_limit = 1000000\n"
      "[control]\nlisten = off\nsocket = /tmp/c.sock\nidle_timeout = 60\n"
      "[global]\nstartup_hold = 30\npreempt_delay = 60\nstate_dir = /s\ntransition = 90\n"
      "[gratuitous]\nrefresh = 0\n");
  Config expected = config_of(kGoodFile);
  expected.sysctl = {false, false, 2, true};
  expected.workers = {Idle::sleep, 64, 100, 1'000'000};
  expected.control = {std::nullopt, "/tmp/c.sock", std::nullopt, std::chrono::seconds(60)};
  expected.global = {std::chrono::seconds(30), std::chrono::seconds(60), std::chrono::seconds(0),
                     "/s", std::chrono::seconds(90)};
  EXPECT_EQ(config, expected);
}

// I4.2: without the section, or without an address in it, there is no metrics port.
TEST(Config, MetricsHaveAPortOnlyWhereOneIsNamed) {
  EXPECT_FALSE(config_of(kGoodFile).metrics.listen);
  EXPECT_FALSE(config_of(kGoodFile + "[metrics]\n").metrics.listen);
  EXPECT_FALSE(config_of(kGoodFile + "[metrics]\nlisten = off\n").metrics.listen);
  EXPECT_EQ(config_of(kGoodFile + "[metrics]\nlisten = 0.0.0.0:9112\n").metrics.listen,
            (Endpoint{{0}, 9112}));
}

// What this version does not carry out is checked like all else, then named.
TEST(Config, UnsupportedSettingsAreNamed) {
  const Config config = config_of(kGoodFile + "peer = 192.168.1.4\npeer = 192.168.1.5\n");
  EXPECT_THAT(config.unsupported, ElementsAre("[carp0] peer"));
}

TEST(Config, HealthChecksAreKeptInTheirOrder) {
  const Config config = config_of(kGoodFile +
                                  "[track web]\ncommand = curl -sf 'http://[::1]/a#b' # probe\n"
                                  "interval = 1\ntimeout = 2\nrise = 3\nfall = 4\ndemotion = 50\n"
                                  "[track db]\ncommand = pg_isready || exit 1\n");
  const TrackConfig web{.name = "web",
                        .command = "curl -sf 'http://[::1]/a#b'",
                        .interval = std::chrono::seconds(1),
                        .timeout = std::chrono::seconds(2),
                        .rise = 3,
                        .fall = 4,
                        .demotion = 50};
  const TrackConfig db{.name = "db", .command = "pg_isready || exit 1"};
  EXPECT_THAT(config.tracks, ElementsAre(web, db));
}

TEST(Config, HooksAreKeptInTheirOrder) {
  const std::string text = "[hooks]\nstate_change = /bin/b\nstate_change = /bin/a c\ntimeout = 7\n";
  const HooksConfig expected{{"/bin/b", "/bin/a c"}, std::chrono::seconds(7)};
  EXPECT_EQ(config_of(kGoodFile + text).hooks, expected);
  EXPECT_EQ(config_of(kGoodFile).hooks, HooksConfig{});
}

// It may be installed later, and --check may run on another machine.
TEST(Config, AHookThatCannotBeRunIsAWarning) {
  Surroundings surroundings;
  surroundings.why_not_executable = [](const std::string& path) {
    return path == "/bin/a" ? "" : "Permission denied";
  };
  const ReadConfig read = read_config(
      kGoodFile + "[hooks]\nstate_change = /bin/a\nstate_change = /bin/b\n", surroundings);
  EXPECT_TRUE(read.config);
  EXPECT_THAT(texts(read.warnings),
              ElementsAre("10: state_change: /bin/b cannot be run: Permission denied"));
}

// I3.1: with a password other hosts may reach the console.
TEST(Config, APasswordFileOpensTheConsoleToOtherHosts) {
  const Config config =
      config_of(kGoodFile + "[control]\nlisten = 0.0.0.0:8112\npassword_file = /etc/console.pass\n",
                {{"/etc/console.pass", "open sesame\n"}});
  EXPECT_EQ(config.control.password_file, "/etc/console.pass");
  EXPECT_EQ(config.control.listen, (Endpoint{{0}, 8112}));
  EXPECT_TRUE(config.unsupported.empty());
}

// Else nobody could type it, or everybody could.
TEST(Config, ThePasswordOfTheConsoleIsALine) {
  const auto fault_of = [](const FakeFiles& files) {
    const ReadConfig read = read_file_text("[control]\npassword_file = /pass\n" + kGoodFile, files);
    EXPECT_FALSE(read.config);
    return read.faults.empty() ? "" : texts(read.faults).front();
  };
  EXPECT_EQ(fault_of({}), "2: password_file: /pass cannot be read: No such file or directory");
  EXPECT_EQ(fault_of({{"/pass", ""}}), "2: password_file: /pass is empty");
  EXPECT_EQ(fault_of({{"/pass", "\r\n"}}), "2: password_file: /pass is empty");
  for (const std::string& odd : {std::string("Hush\nHush\n"), std::string("Hush\0", 5),
                                 std::string("Hush\x7f"), std::string(257, 'H')}) {
    EXPECT_EQ(fault_of({{"/pass", odd}}),
              "2: password_file: /pass holds more than one line of text, or a long one");
  }
}

// The manual page's first set-up: two networks behind two virtual hosts.
TEST(Config, ManualPagesRouterFindsItsInterfacesBySubnet) {
  const Config config = config_of(
      "[interface lan1]\nport = net_tap1\naddress = 192.168.2.3/24\n"
      "[interface lan0]\nport = net_tap0\naddress = 192.168.1.3/24\n"
      "[carp0]\nvhid = 1\npass = mekmitasdigoat\naddress = 192.168.1.1/24\n"
      "[carp1]\nvhid = 2\npass = mekmitasdigoat\naddress = 192.168.2.1/24\n");
  proto::VhostConfig second = vhost("carp1", 2, 0, "mekmitasdigoat", "192.168.2.1/24");
  second.interface = "lan1";
  EXPECT_THAT(config.vhosts,
              ElementsAre(vhost("carp0", 1, 0, "mekmitasdigoat", "192.168.1.1/24"), second));
}

// The manual page's second set-up: one balanced address (I2.7), whether or not arpbalance is on.
TEST(Config, ManualPagesBalancedAddressIsLegal) {
  const std::string text =
      "[interface lan0]\nport = net_tap0\naddress = 192.168.1.3/24\n"
      "[carp0]\nvhid = 1\npass = mekmitasdigoat\naddress = 192.168.1.10/24\n"
      "[carp1]\nvhid = 2\nadvskew = 100\npass = mekmitasdigoat\naddress = 192.168.1.10/24\n";
  const auto vhosts = config_of(text).vhosts;
  EXPECT_THAT(vhosts, ElementsAre(vhost("carp0", 1, 0, "mekmitasdigoat", "192.168.1.10/24"),
                                  vhost("carp1", 2, 100, "mekmitasdigoat", "192.168.1.10/24")));
  EXPECT_EQ(config_of(text + "[sysctl]\nnet.inet.carp.arpbalance = 1\n").vhosts, vhosts);
}

// Vhosts may be absent: the console can create them.
TEST(Config, InterfaceAloneIsEnough) {
  EXPECT_THAT(config_of("[interface lan0]\nport = net_tap0\n").vhosts, IsEmpty());
}

TEST(Config, VlansOfOnePortMayUseOneVhid) {
  const Config config = config_of(
      "[interface a]\nport = net_tap0\naddress = 10.0.1.1/24\n"
      "[interface b]\nport = net_tap0\nvlan = 2\naddress = 10.0.2.1/24\n"
      "[carp0]\nvhid = 1\naddress = 10.0.1.9/24\n[carp1]\nvhid = 1\naddress = 10.0.2.9/24\n");
  ASSERT_EQ(config.vhosts.size(), 2U);
  EXPECT_EQ(config.vhosts[0].interface, "a");
  EXPECT_EQ(config.vhosts[1].interface, "b");
}

TEST(Remark, ReadsAsFileLineAndMessage) {
  EXPECT_EQ(to_text("carp.ini", {3, "vhid: 0 is not in 1–255"}),
            "carp.ini:3: vhid: 0 is not in 1–255");
  EXPECT_EQ(to_text("carp.ini", {0, "is unreadable"}), "carp.ini: is unreadable");
}

// A log or a disk image by mistake: four megabytes of faults are no reason for as many answers.
TEST(Config, AThousandAreEnough) {
  std::string text = "[rc.conf]\n";
  for (int i = 0; i < 5000; ++i) text += "other_" + std::to_string(i) + "=\"YES\"\n";
  for (int i = 0; i < 5000; ++i) text += "[carp0\n";
  const ReadConfig read = read_config(text, {});
  ASSERT_EQ(read.faults.size(), kRemarksMax + 1);
  EXPECT_EQ(read.faults.front(), (Remark{0, "there are more than 1000; the others are not shown"}));
  EXPECT_GT(read.faults[1].line, 5001);
  EXPECT_EQ(read.warnings.size(), kRemarksMax + 1);
}

}  // namespace
}  // namespace carp::control
