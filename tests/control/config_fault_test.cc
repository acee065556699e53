// SPDX-License-Identifier: BSD-3-Clause
//
// Every fault that a carp.ini can have, alone and together, with the line it names.
#include <gmock/gmock.h>

#include "lib/control/config_lines.h"
#include "tests/control/config_test_files.h"

namespace carp::control {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

// Stands behind kGoodFile, so that its first line is line 8, still in [carp0].
struct Row {
  const char* more;
  std::vector<std::string> faults;
};

void expect_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.more);
    EXPECT_THAT(faults_after_good(row.more), ElementsAreArray(row.faults));
  }
}

TEST(ConfigFaults, LinesThatAreNoEntry) {
  expect_rows({
      {"vhid\n", {"8: neither a [section] nor a `key = value` line"}},
      {"= 1\n", {"8: neither a [section] nor a `key = value` line"}},
      {"two words = 1\n", {"8: neither a [section] nor a `key = value` line"}},
      {"advskew =\n", {"8: advskew: has no value"}},
      {"advskew = # none\n", {"8: advskew: has no value"}},
      {"[global\n", {"8: the section has no closing ]"}},
      {"[global\nnonsense = 1\n", {"8: the section has no closing ]"}},
      {"[]\n", {"8: unknown section []"}},
      {"[a b c]\n", {"8: unknown section [a ...]"}},
  });
  EXPECT_THAT(faults_of("vhid = 1\n" + kGoodFile),
              ElementsAre("1: the line stands before the first [section]"));
  EXPECT_THAT(faults_after_good("up" + std::string(kConfigLineMax - 2, ' ') + "\n"),
              ElementsAre("8: neither a [section] nor a `key = value` line"));
  EXPECT_THAT(faults_after_good("#" + std::string(kConfigLineMax, '#') + "\n"),
              ElementsAre("8: the line is longer than 1024 bytes"));
  EXPECT_THAT(faults_after_good(std::string("up = yes\0\n", 10)),
              ElementsAre("8: the line holds a NUL byte"));
}

TEST(ConfigFaults, SectionsAndKeysThatAreUnknownOrRepeated) {
  expect_rows({
      {"colour = red\n", {"8: unknown key colour in [carp0]"}},
      {"password = secret\n", {"8: unknown key pass... in [carp0]"}},
      {"[colours]\n", {"8: unknown section [colours]"}},
      {"[carp]\n", {"8: unknown section [carp]"}},
      {"[carp01]\n", {"8: unknown section [carp01]"}},
      {"[carp1 x]\n", {"8: unknown section [carp1 x]"}},
      {"[global x]\n", {"8: unknown section [global x]"}},
      {"[interface]\n", {"8: [interface] needs a name: [interface NAME]"}},
      {"[track]\n", {"8: [track] needs a name: [track NAME]"}},
      {"vhid = 2\n", {"8: vhid: given again (first in line 5)"}},
      {"[carp0]\nvhid = 2\npass = x\naddress = 192.168.1.51/24\n",
       {"8: [carp0] is given again (first in line 4)"}},
      {"[global]\n[global]\nstartup_hold = -1\n",
       {"9: [global] is given again (first in line 8)", "10: startup_hold: -1 is not in 0–3600"}},
  });
}

TEST(ConfigFaults, NumbersOutOfRange) {
  expect_rows({
      {"advskew = 300\n", {"8: advskew: 300 is not in 0–254"}},
      {"advskew = 255\n", {"8: advskew: 255 is not in 0–254"}},
      {"advskew = -1\n", {"8: advskew: -1 is not in 0–254"}},
      {"advskew = 99999999999999999999\n", {"8: advskew: 99999999999999999999 is not in 0–254"}},
      {"advskew = fast\n", {"8: advskew: a whole number in 0–254 was expected"}},
      {"advskew = 1 2\n", {"8: advskew: a whole number in 0–254 was expected"}},
      {"advskew = 0x10\n", {"8: advskew: a whole number in 0–254 was expected"}},
      {"advbase = 256\n", {"8: advbase: 256 is not in 0–255"}},
      {"up = maybe\n", {"8: up: yes or no was expected"}},
      {"replay = on\n", {"8: replay: on is not one of window, off"}},
      {"[sysctl]\nnet.inet.carp.preempt = 2\n", {"9: net.inet.carp.preempt: 2 is not in 0–1"}},
      {"[sysctl]\nnet.inet.carp.log = 3\n", {"9: net.inet.carp.log: 3 is not in 0–2"}},
      {"[sysctl]\nnet.inet.carp.suppress_preempt = 0\n",
       {"9: net.inet.carp.suppress_preempt: is read-only"}},
      {"[workers]\nburst = 0\nidle = never\n",
       {"9: burst: 0 is not in 1–64", "10: idle: never is not one of poll, pause, sleep"}},
      {"[workers]\narp_limit = 1000001\necho_limit = -1\n",
       {"9: arp_limit: 1000001 is not in 0–1000000", "10: echo_limit: -1 is not in 0–1000000"}},
      {"[gratuitous]\nrefresh = 86401\n", {"9: refresh: 86401 is not in 0–86400"}},
      {"[global]\nstate_dir = var\n", {"9: state_dir: var is not an absolute path"}},
      {"[global]\nstate_dir = /var\r\r\n", {"9: state_dir: /var... holds a control character"}},
      {"[global]\nstate_dir = /v\x7f\n", {"9: state_dir: /v... holds a control character"}},
      {"[carp1]\nvhid = 0\naddress = 192.168.1.51/24\n", {"9: vhid: 0 is not in 1–255"}},
      {"[carp1]\nvhid = 256\naddress = 192.168.1.51/24\n", {"9: vhid: 256 is not in 1–255"}},
  });
}

TEST(ConfigFaults, AddressesThatNoHostMayHave) {
  expect_rows({
      {"address = 192.168.1.51\n", {"8: address: 192.168.1.51 lacks its length, such as /24"}},
      {"address = 192.168.1.51/33\n", {"8: address: 192.168.1.51/33: the length is not in 1–32"}},
      {"address = 192.168.1.51/0\n", {"8: address: 192.168.1.51/0: the length is not in 1–32"}},
      {"address = 192.168.1.300/24\n", {"8: address: 192.168.1.300 is not an IPv4 address"}},
      {"address = 2001:db8::50/64\n",
       {"8: address: 2001:db8::50: IPv6 is not served by this version"}},
      {"address = 0.0.0.0/24\n",
       {"8: address: 0.0.0.0/24 is in 0.0.0.0/8, which no host may have"}},
      {"address = 127.0.0.1/8\n", {"8: address: 127.0.0.1/8 is a loopback address"}},
      {"address = 224.0.0.18/24\n", {"8: address: 224.0.0.18/24 is a multicast address"}},
      {"address = 255.255.255.255/32\n",
       {"8: address: 255.255.255.255/32 is the broadcast address"}},
      {"address = 192.168.1.0/24\n",
       {"8: address: 192.168.1.0/24 is the network's own address, no host's"}},
      {"address = 192.168.1.255/24\n",
       {"8: address: 192.168.1.255/24 is the broadcast address of its network"}},
      {"address = 192.168.1.254/31\naddress = 192.168.1.255/31\n", {}},
      {"peer = lan\n", {"8: peer: lan is not an IPv4 address"}},
      {"peer = 224.0.0.18\n", {"8: peer: 224.0.0.18/32 is a multicast address"}},
  });
}

TEST(ConfigFaults, AddressesAndVhidsThatCollide) {
  expect_rows({
      {"address = 192.168.1.50/32\n", {"8: address: 192.168.1.50 stands twice in carp0"}},
      {"address = 192.168.1.3/24\n",
       {"8: address: 192.168.1.3 is this host's own address on lan0 and cannot be shared"}},
      {"[carp1]\nvhid = 1\naddress = 192.168.1.51/24\n",
       {"9: vhid: 1 is already that of carp0 on lan0"}},
      {"interface = \xff\n[carp1]\nvhid = 1\naddress = 192.168.1.51/24\ninterface = \xff\n",
       {"8: interface: there is no [interface ...]", "10: vhid: 1 is already that of carp0 on ...",
        "12: interface: there is no [interface ...]"}},
      {"[interface lan1]\nport = p\naddress = 192.168.1.3/25\ninterface = x\n",
       {"4: carp0: lan0 and lan1 both have an own address in its subnet; name one with interface",
        "10: address: 192.168.1.3 is already an own address of lan0",
        "11: unknown key interface in [interface lan1]"}},
  });
}

TEST(ConfigFaults, InterfacesOfVhosts) {
  expect_rows({
      {"interface = wan\n", {"8: interface: there is no [interface wan]"}},
      {"interface = wan\n[interface wan]\nport = p\n",
       {"8: interface: wan has no own address to advertise from"}},
      {"interface = wan\n[interface wan]\nport = p\naddress = 192.168.1.4/24\n", {}},
      {"[interface wan]\nport = p\naddress = 192.168.1.4/24\n",
       {"4: carp0: lan0 and wan both have an own address in its subnet; name one with interface"}},
      {"address = 10.0.0.1/8\n",
       {"8: carp0: no interface has an own address in the subnet of 10.0.0.1; name one with "
        "interface"}},
      {"address = 10.0.0.1/8\n[interface wan]\nport = p\naddress = 10.0.0.2/8\n",
       {"4: carp0: no one interface has own addresses in the subnets of all its addresses; name "
        "one with interface"}},
      // Nothing is concluded from an own address that could not be read.
      {"address = 10.0.0.1/8\n[interface wan]\nport = p\naddress = 10.0.0.2\n",
       {"11: address: 10.0.0.2 lacks its length, such as /24"}},
  });
}

TEST(ConfigFaults, InterfaceSections) {
  expect_rows({
      {"[interface b]\n", {"8: [interface b] lacks port"}},
      {"[interface b]\nport = 01:00.0\n",
       {"9: port: 0000:01:00.0 is used by lan0 too, without a vlan"}},
      {"[interface b]\nport = p\nvlan = 5\n[interface c]\nport = p\nvlan = 5\n",
       {"12: port: p is used by b too, with the same vlan"}},
      {"[interface b]\nport = p\nvlan = 0\n[interface c]\nport = p\nvlan = 4095\n",
       {"10: vlan: 0 is not in 1–4094", "13: vlan: 4095 is not in 1–4094"}},
      {"[interface b]\nport = p;rm\n",
       {"9: port: p;rm is neither a PCI address nor the name of a --vdev"}},
      {"[interface carp1]\nport = p\n",
       {"8: [interface carp1]: the name has at most 15 letters, digits, '_', '.' or '-' and is "
        "not carpN"}},
      {"[interface abcdefghijklmnop]\nport = p\n",
       {"8: [interface abcdefghijklmnop]: the name has at most 15 letters, digits, '_', '.' or "
        "'-' and is not carpN"}},
      {"[interface b\xff]\nport = p\naddress = 10.0.0.1/24\naddress = 10.0.0.1/24\n",
       {"8: [interface b...]: the name has at most 15 letters, digits, '_', '.' or '-' and is "
        "not carpN",
        "11: address: 10.0.0.1 is already an own address of b..."}},
      {"[interface b]\nport = p\nhost = tap\nhost_name = a/b\n",
       {"11: host_name: a/b is no name for an interface"}},
      {"[interface b]\nport = p\nhost = tap\n[interface c]\nport = q\nhost = tap\nhost_name = b\n",
       {"14: host_name: b is that of b too"}},
      {"[interface b]\nport = p\nhost = kni\n",
       {"10: host: kni is not one of none, tap, virtio_user"}},
      {"[interface b]\nport = p\nmtu = 67\nlink_hold = 3601\n",
       {"10: mtu: 67 is not in 68–9600", "11: link_hold: 3601 is not in 0–3600"}},
  });
}

TEST(ConfigFaults, MoreInterfacesThanTheTableHolds) {
  std::string text;
  for (int i = 0; i < 17; ++i) {
    text += "[interface i" + std::to_string(i) + "]\nport = p" + std::to_string(i) + "\n";
  }
  EXPECT_THAT(faults_of(text), ElementsAre("33: there are more than 16 interfaces"));
}

TEST(ConfigFaults, ConsoleAndWhatIsNotCarriedOutYet) {
  expect_rows({
      {"[control]\nlisten = 192.168.1.3:8112\n",
       {"9: listen: 192.168.1.3 is not loopback, which needs a password_file"}},
      {"[control]\nlisten = 127.9.9.9:1\n", {}},
      {"[control]\nlisten = localhost:8112\n", {"9: listen: localhost is not an IPv4 address"}},
      {"[control]\nlisten = 127.0.0.1\n", {"9: listen: ADDRESS:PORT was expected"}},
      {"[control]\nlisten = 127.0.0.1:0\n", {"9: listen: port: 0 is not in 1–65535"}},
      {"[control]\nlisten = [::1]:8112\n", {"9: listen: IPv6 is not served by this version"}},
      {"[control]\nsocket = control.sock\n", {"9: socket: control.sock is not an absolute path"}},
      {"[metrics]\nlisten = here\n", {"9: listen: ADDRESS:PORT was expected"}},
      {"[track web]\ninterval = 0\n",
       {"8: [track web] lacks command", "9: interval: 0 is not in 1–86400"}},
      {"[track web]\ncommand =#x\n", {"9: command: begins with a comment"}},
      {"[track web]\ncommand = a\x01b\n", {"9: command: holds a control character"}},
      {"[track w/b]\ncommand = a\n",
       {"8: [track w/b]: the name has at most 32 letters, digits, '_', '.' or '-'"}},
      {"[track web]\ncommand = a\n[track web]\ncommand = b\n",
       {"10: [track web] is given again (first in line 8)"}},
      {"[hooks]\nstate_change = notify\ncolour = 1\n",
       {"9: state_change: notify is not an absolute path", "10: unknown key colour in [hooks]"}},
      {"[global]\ntransition = soon\n", {"9: transition: a whole number in 0–86400 was expected"}},
  });
  std::string many;
  for (int i = 0; i < 65; ++i) many += "[track t" + std::to_string(i) + "]\ncommand = a\n";
  EXPECT_THAT(faults_after_good(many), ElementsAre("136: there are more than 64 [track] sections"));
  const std::string socket = "[control]\nsocket = /" + std::string(107, 'x') + "\n";
  EXPECT_THAT(faults_after_good(socket),
              ElementsAre("9: socket: the path is longer than 107 bytes"));
}

TEST(ConfigFaults, SectionsThatLackTheirKeys) {
  EXPECT_THAT(faults_of(""), ElementsAre("1: there is no [interface NAME] section"));
  EXPECT_THAT(faults_of("\n# nothing\n"), ElementsAre("1: there is no [interface NAME] section"));
  EXPECT_THAT(faults_of("[interface a]\nport = p\n[carp0]\n"),
              ElementsAre("3: [carp0] lacks vhid", "3: [carp0] lacks address"));
}

// I1.2: every fault, not only the first, in the order of lines.
TEST(ConfigFaults, TwentyAtOnceAreAllReported) {
  const std::string text =
      "early = 1\n"
      "[sysctl]\n"
      "net.inet.carp.allow = 2\n"
      "net.inet.carp.suppress_preempt = 1\n"
      "[interface lan0]\n"
      "port = 0000:01:00.0\n"
      "address = 192.168.1.3/24\n"
      "vlan = 4095\n"
      "mtu = big\n"
      "[interface lan1]\n"
      "address = 10.0.0.1\n"
      "[carp0]\n"
      "vhid = 0\n"
      "advskew = 300\n"
      "advbase = 256\n"
      "pass = te#st\n"
      "address = 192.168.1.3/24\n"
      "[carp1]\n"
      "pass_hex = 123\n"
      "pass_file = /none\n"
      "address = 192.168.1.50/24\n"
      "address = 192.168.1.50/24\n"
      "interface = lan7\n"
      "[carp0]\n"
      "[unknown]\n"
      "[control]\n"
      "listen = 10.0.0.1:8112\n"
      "[global]\n"
      "startup_hold = -5\n"
      "startup_hold = 5\n"
      "nonsense\n";
  EXPECT_THAT(
      faults_of(text),
      ElementsAre(
          "1: the line stands before the first [section]",
          "3: net.inet.carp.allow: 2 is not in 0–1",
          "4: net.inet.carp.suppress_preempt: is read-only", "8: vlan: 4095 is not in 1–4094",
          "9: mtu: a whole number in 68–9600 was expected", "10: [interface lan1] lacks port",
          "11: address: 10.0.0.1 lacks its length, such as /24", "13: vhid: 0 is not in 1–255",
          "14: advskew: 300 is not in 0–254", "15: advbase: 256 is not in 0–255",
          "16: pass: a password with a '#', a quote, or a blank at an end would be cut or "
          "changed here; use pass_file or pass_hex",
          "17: address: 192.168.1.3 is this host's own address on lan0 and cannot be "
          "shared",
          "18: [carp1] lacks vhid",
          "19: pass_hex: 2 to 40 hexadecimal digits, an even number, were expected",
          "20: pass_file: /none cannot be read: No such file or directory",
          "20: only one of pass, pass_file and pass_hex may stand in [carp1]",
          "22: address: 192.168.1.50 stands twice in carp1",
          "23: interface: there is no [interface lan7]",
          "24: [carp0] is given again (first in line 12)", "24: [carp0] lacks vhid",
          "24: [carp0] lacks address", "25: unknown section [unknown]",
          "27: listen: 10.0.0.1 is not loopback, which needs a password_file",
          "29: startup_hold: -5 is not in 0–3600",
          "30: startup_hold: given again (first in line 29)",
          "31: neither a [section] nor a `key = value` line"));
}

}  // namespace
}  // namespace carp::control
