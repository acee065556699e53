// SPDX-License-Identifier: BSD-3-Clause
//
// rc.conf lines as FreeBSD's users have them (I2.4).
#include "lib/control/rc_conf.h"

#include <gmock/gmock.h>

#include "tests/control/config_test_files.h"

namespace carp::control {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

// The [rc.conf] lines start in line 4.
const std::string kInterface = "[interface fxp0]\nport = 0000:01:00.0\n";

[[nodiscard]] ReadConfig read_rc(const std::string& lines) {
  return read_file_text(kInterface + "[rc.conf]\n" + lines);
}

TEST(RcConf, HandbooksThreeHostsMeanTheSameAsSections) {
  struct Row {
    const char* rc_conf;
    const char* sections;  // behind [interface fxp0]
  };
  for (const auto& [rc_conf, sections] : std::vector<Row>{
           {"hostname=\"hosta.example.org\"\n"
            "ifconfig_fxp0=\"inet 192.168.1.3 netmask 255.255.255.0\"\n"
            "cloned_interfaces=\"carp0\"\n"
            "ifconfig_carp0=\"vhid 1 pass testpass 192.168.1.50/24\"\n",
            "address = 192.168.1.3/24\n"
            "[carp0]\nvhid = 1\npass = testpass\naddress = 192.168.1.50/24\n"},
           {"hostname=\"hostb.example.org\"\n"
            "ifconfig_fxp0=\"inet 192.168.1.4 netmask 255.255.255.0\"\n"
            "cloned_interfaces=\"carp0\"\n"
            "ifconfig_carp0=\"vhid 2 pass testpass 192.168.1.51/24\"\n",
            "address = 192.168.1.4/24\n"
            "[carp0]\nvhid = 2\npass = testpass\naddress = 192.168.1.51/24\n"},
           {"hostname=\"provider.example.org\"\n"
            "ifconfig_fxp0=\"inet 192.168.1.5 netmask 255.255.255.0\"\n"
            "cloned_interfaces=\"carp0 carp1\"\n"
            "ifconfig_carp0=\"vhid 1 advskew 100 pass testpass 192.168.1.50/24\"\n"
            "ifconfig_carp1=\"vhid 2 advskew 100 pass testpass 192.168.1.51/24\"\n",
            "address = 192.168.1.5/24\n"
            "[carp0]\nvhid = 1\nadvskew = 100\npass = testpass\naddress = 192.168.1.50/24\n"
            "[carp1]\nvhid = 2\nadvskew = 100\npass = testpass\naddress = 192.168.1.51/24\n"}}) {
    const ReadConfig read = read_rc(rc_conf);
    EXPECT_THAT(texts(read.faults), IsEmpty());
    EXPECT_THAT(texts(read.warnings), ElementsAre("4: hostname means nothing here and is ignored"));
    ASSERT_TRUE(read.config);
    EXPECT_EQ(*read.config, config_of(kInterface + sections));
  }
}

// A message has its length, whatever the variable's.
TEST(RcConf, OfAnEndlessNameAFaultShowsTheBeginning) {
  const auto variable = parse_rc_line("ifconfig_" + std::string(900, 'a') + "=b c");
  ASSERT_FALSE(variable);
  EXPECT_EQ(variable.error(), "ifconfig_" + std::string(51, 'a') +
                                  "...: the value needs quotes, it ends at the first blank");
}

TEST(RcConf, LinesAreReadAsAShellReadsThem) {
  struct Row {
    const char* line;
    const char* value;  // of cloned_interfaces
  };
  for (const auto& [line, value] :
       std::vector<Row>{{"cloned_interfaces=\"carp0 carp1\"", "carp0 carp1"},
                        {"cloned_interfaces='carp0 carp1'  # two", "carp0 carp1"},
                        {"  cloned_interfaces=carp0", "carp0"},
                        {"cloned_interfaces=\"carp0 #1\"#2", "carp0 #1#2"},
                        {"cloned_interfaces='carp0'\" carp1\"", "carp0 carp1"},
                        {"cloned_interfaces='$x'", "$x"},
                        {"cloned_interfaces=", ""}}) {
    const auto variable = parse_rc_line(line);
    ASSERT_TRUE(variable.ok()) << line;
    EXPECT_EQ(variable.value(), (RcVariable{"cloned_interfaces", value})) << line;
  }
}

TEST(RcConf, LinesThatNeedAShellAreRefused) {
  struct Row {
    const char* line;
    const char* fault;
  };
  for (const auto& [line, fault] : std::vector<Row>{
           {"cloned_interfaces", "not a VARIABLE=\"value\" line"},
           {"1x=y", "not a VARIABLE=\"value\" line"},
           {"x = y", "not a VARIABLE=\"value\" line"},
           {". /etc/rc.local", "not a VARIABLE=\"value\" line"},
           {"cloned_interfaces=\"carp0", "cloned_interfaces: the quote is not closed on this line"},
           {"cloned_interfaces=carp0 carp1",
            "cloned_interfaces: the value needs quotes, it ends at the first blank"},
           {"cloned_interfaces=carp0;carp1", "cloned_interfaces: the value needs quotes"},
           {"cloned_interfaces=\"$x\"",
            "cloned_interfaces: '$', '`' and '\\' have no meaning without a shell"},
           {"cloned_interfaces=carp0\\",
            "cloned_interfaces: '$', '`' and '\\' have no meaning without a shell"}}) {
    const auto variable = parse_rc_line(line);
    ASSERT_FALSE(variable.ok()) << line;
    EXPECT_EQ(variable.error(), fault);
  }
}

TEST(RcConf, AliasesAddAddresses) {
  const ReadConfig read = read_rc(
      "ifconfig_carp0_alias0=\"inet 192.168.1.51 netmask 0xffffffff\"\n"
      "ifconfig_fxp0_alias0='inet 10.0.0.3/8 alias'\n"
      "ifconfig_fxp0=\"inet 192.168.1.3/24 up\"\n"
      "cloned_interfaces=carp0\n"
      "ifconfig_carp0=\"inet 192.168.1.50/24 vhid 1 pass testpass down\"\n");
  EXPECT_THAT(texts(read.faults), IsEmpty());
  ASSERT_TRUE(read.config);
  EXPECT_EQ(*read.config,
            config_of(kInterface + "address = 192.168.1.3/24\naddress = 10.0.0.3/8\n"
                                   "[carp0]\nvhid = 1\npass = testpass\nup = no\n"
                                   "address = 192.168.1.50/24\naddress = 192.168.1.51/32\n"));
}

// FreeBSD writes em0.10 as em0_10 in the name of a variable.
TEST(RcConf, InterfaceNamesAreWrittenWithUnderscores) {
  const ReadConfig read = read_file_text(
      "[rc.conf]\nifconfig_em0_10=\"inet 10.0.0.3/8\"\n[interface em0.10]\nport = p\nvlan = 10\n");
  ASSERT_TRUE(read.config);
  EXPECT_EQ(read.config->interfaces[0].addresses.size(), 1U);
}

TEST(RcConf, VhostsKeepTheOrderOfTheFile) {
  const ReadConfig read = read_file_text(
      "[interface fxp0]\nport = p\naddress = 10.0.0.1/8\n"
      "[carp5]\nvhid = 5\naddress = 10.0.0.5/8\n"
      "[rc.conf]\ncloned_interfaces=\"carp0 carp9\"\nifconfig_carp9=\"vhid 9 10.0.0.9/8\"\n"
      "ifconfig_carp0=\"vhid 1 10.0.0.2/8\"\n"
      "[carp2]\nvhid = 2\naddress = 10.0.0.3/8\n");
  ASSERT_TRUE(read.config);
  std::vector<std::string> names;
  for (const auto& vhost : read.config->vhosts) names.push_back(vhost.name);
  EXPECT_THAT(names, ElementsAre("carp5", "carp9", "carp0", "carp2"));
}

TEST(RcConf, FaultsNameTheirLines) {
  // Stands in front of each row, in lines 4 and 5.
  const std::string good = "ifconfig_fxp0=\"inet 192.168.1.3/24\"\ncloned_interfaces=carp0\n";
  struct Row {
    const char* lines;
    std::vector<std::string> faults;
  };
  for (const auto& [lines, faults] : std::vector<Row>{
           {"", {"5: cloned_interfaces: there is no ifconfig_carp0"}},
           {"ifconfig_carp0=\"vhid 1 pass te#st 192.168.1.50/24\"",
            {"6: ifconfig_carp0: a password with a '#', a quote, or a blank at an end would be cut "
             "or changed here; use pass_file or pass_hex"}},
           {"ifconfig_carp0='vhid 1 pass \"x\" 192.168.1.50/24'",
            {"6: ifconfig_carp0: a password with a '#', a quote, or a blank at an end would be cut "
             "or changed here; use pass_file or pass_hex"}},
           {"ifconfig_carp0=\"vhid 1 advskew 300 192.168.1.50/24\"",
            {"6: ifconfig_carp0: advskew: 300 is not in 0–254"}},
           {"ifconfig_carp0=\"vhid 1 192.168.1.50/24",
            {"6: ifconfig_carp0: the quote is not closed on this line"}},
           {"ifconfig_carp0=\"up\"",
            {"6: ifconfig_carp0 lacks vhid", "6: ifconfig_carp0 lacks an address"}},
           {"ifconfig_carp0=\"vhid 1 192.168.1.50/24\"\nifconfig_carp0=\"vhid 2\"",
            {"7: ifconfig_carp0: given again (first in line 6)"}},
           {"ifconfig_carp0=\"vhid 1 192.168.1.50/24 state master\"",
            {"6: ifconfig_carp0: create, destroy, state and delete have no place in rc.conf"}},
           {"ifconfig_carp0=\"vhid 1 192.168.1.50/24\"\nifconfig_carp0_alias0=\"advskew 1\"",
            {"7: ifconfig_carp0_alias0: only an address was expected"}},
           {"ifconfig_carp0=\"vhid 1 192.168.1.50/24\"\nifconfig_carp1=\"vhid 2 192.168.1.51/24\"",
            {"7: carp1 is not in cloned_interfaces: FreeBSD would not create it"}},
           {"ifconfig_carp0=\"vhid 1 192.168.1.50/24\"\nifconfig_carp2_alias0=\"10.0.0.1/8\"",
            {"7: ifconfig_carp2_alias0: there is no ifconfig_carp2"}},
           {"ifconfig_carp0=\"vhid 1 192.168.1.50/24\"\nifconfig_em0=\"inet 10.0.0.1/8\"",
            {"7: ifconfig_em0: there is no [interface em0] with its port"}},
           {"ifconfig_carp0=\"vhid 1 192.168.1.50/24\"\nifconfig_fxp0_alias0=\"DHCP\"",
            {"7: ifconfig_fxp0_alias0: unknown parameter: DHCP"}},
           {"ifconfig_carp0=\"vhid 1 192.168.1.50/24\"\nifconfig_fxp0_alias0=\"up\"",
            {"7: ifconfig_fxp0_alias0: nothing but an own address was expected"}},
           {"ifconfig_carp0=\"vhid 1 192.168.1.50/24\"\n[carp0]\nvhid = 2\n"
            "address = 192.168.1.51/24",
            {"7: carp0 is already configured in line 6"}},
           {"ifconfig_carp0=\"vhid 1 192.168.1.3/24\"",
            {"6: address: 192.168.1.3 is this host's own address on fxp0 and cannot be shared"}},
           {"ifconfig_carp0=\"vhid 1 10.0.0.1/8\"",
            {"6: carp0: no interface has an own address in the subnet of 10.0.0.1; name one with "
             "interface"}}}) {
    SCOPED_TRACE(lines);
    EXPECT_THAT(texts(read_rc(good + lines + "\n").faults), ElementsAreArray(faults));
  }
}

TEST(RcConf, WarningsNameWhatIsIgnored) {
  const ReadConfig read = read_rc(
      "sshd_enable=$(which sshd)\n"
      "ifconfig_fxp0_ipv6=\"inet6 accept_rtadv\"\n"
      "cloned_interfaces=\"lo1 carp0\"\n"
      "ifconfig_fxp0=\"inet 10.0.0.3/8\"\n"
      "ifconfig_carp0=\"vhid 1 pass 12345678901234567890 10.0.0.1/8\"\n");
  EXPECT_THAT(texts(read.faults), IsEmpty());
  EXPECT_THAT(texts(read.warnings),
              ElementsAre("4: sshd_enable means nothing here and is ignored",
                          "5: ifconfig_fxp0_ipv6 means nothing here and is ignored",
                          "6: cloned_interfaces: what is no carpN is ignored",
                          "8: ifconfig_carp0: the password is longer than 19 bytes and is cut "
                          "there, as ifconfig(8) does"));
}

}  // namespace
}  // namespace carp::control
