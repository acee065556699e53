// SPDX-License-Identifier: BSD-3-Clause
//
// Two configurations as hosts of one group (I1.2, --against): each thing that keeps them apart has
// its sentence, what is only unusual is a note, and neither holds a password.
#include "lib/control/config_against.h"

#include <gmock/gmock.h>

#include "tests/control/config_test_files.h"

namespace carp::control {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// hosta; with `more` in [carp0].
[[nodiscard]] std::string hosta(const std::string& more = "") {
  return "[interface lan0]\nport = p0\naddress = 192.168.1.3/24\n"
         "[carp0]\nvhid = 1\npass = testpass\naddress = 192.168.1.50/24\n" +
         more;
}

// hostb: another own address, another name of the port, and advskew 100.
[[nodiscard]] std::string hostb(const std::string& more = "") {
  return "[interface em0]\nport = p7\naddress = 192.168.1.4/24\n"
         "[carp0]\nvhid = 1\npass = testpass\naddress = 192.168.1.50/24\n" +
         (more.find("advskew") == std::string::npos ? "advskew = 100\n" + more : more);
}

[[nodiscard]] Comparison compare(const std::string& a, const std::string& b) {
  const Config first = config_of(a);
  const Config second = config_of(b);
  return compare_hosts({"a.ini", first}, {"b.ini", second});
}

[[nodiscard]] std::string replaced(std::string text, std::string_view what, std::string_view with) {
  return text.replace(text.find(what), what.size(), with);
}

TEST(ConfigAgainst, TwoHostsOfAGroup) {
  const Comparison result = compare(hosta(), hostb());
  EXPECT_THAT(result.apart, IsEmpty());
  EXPECT_THAT(result.notes, IsEmpty());
}

struct Row {
  const char* what;
  std::string a;
  std::string b;
  std::vector<std::string> said;
};

void expect_apart(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    const Comparison result = compare(row.a, row.b);
    EXPECT_THAT(result.apart, ElementsAreArray(row.said));
    EXPECT_THAT(result.notes, IsEmpty());
    for (const std::string& line : result.apart) EXPECT_THAT(line, Not(HasSubstr("testpas")));
  }
}

const std::string kAlias = "address = 192.168.1.52/24\n";
const std::string kCarp1 = "[carp1]\nvhid = 2\npass = x\n";

TEST(ConfigAgainst, InputsOfTheDigest) {
  expect_apart({
      {"password",
       hosta(),
       replaced(hostb(), "testpass", "testpast"),
       {"a.ini: carp0 (vhid 1): its password is another one than that of carp0 of b.ini"}},
      {"alias of a",
       hosta(kAlias),
       hostb(),
       {"b.ini: carp0 (vhid 1): lacks 192.168.1.52, which carp0 of a.ini has"}},
      {"alias of b",
       hosta(),
       hostb(kAlias),
       {"a.ini: carp0 (vhid 1): lacks 192.168.1.52, which carp0 of b.ini has"}},
      {"order in the digest (D1)",
       replaced(hosta(kAlias), ".50", ".99"),
       replaced(hostb(kAlias + "address_order = configured\n"), ".50", ".99"),
       {"a.ini: carp0 (vhid 1): hashes its addresses in another order than carp0 of b.ini; "
        "address_order = sorted on both ends this (D1)"}},
  });
}

TEST(ConfigAgainst, WhoIsMaster) {
  expect_apart({
      // 3 < 4 in the last octet.
      {"a tie that a wins (D3)",
       hosta(),
       hostb("advskew = 0\n"),
       {"a.ini: carp0 (vhid 1): advbase 1 and advskew 0 are those of carp0 of b.ini too; of two "
        "masters 192.168.1.3 (a.ini) would stay (D3)"}},
      {"a tie that b wins (D3)",
       replaced(hosta(), "1.3/", "1.9/"),
       hostb("advskew = 0\n"),
       {"a.ini: carp0 (vhid 1): advbase 1 and advskew 0 are those of carp0 of b.ini too; of two "
        "masters 192.168.1.4 (b.ini) would stay (D3)"}},
      {"advbase (D4)",
       hosta("advbase = 3\n"),
       hostb(),
       {"b.ini: carp0 (vhid 1): advbase 1 is below 3 of carp0 of a.ini: it can take over before "
        "the lease there ends (D4)"}},
      {"preempt",
       hosta("[sysctl]\nnet.inet.carp.preempt = 1\n"),
       hostb(),
       {"a.ini: net.inet.carp.preempt is 1, and 0 in b.ini: one takes back what it was MASTER of, "
        "the other does not"}},
      {"arpbalance of a balanced address",
       hosta("[carp1]\nvhid = 2\npass = x\naddress = 192.168.1.50/24\nadvskew = 9\n"
             "[sysctl]\nnet.inet.carp.arpbalance = 1\n"),
       hostb("[carp1]\nvhid = 2\npass = x\naddress = 192.168.1.50/24\n") + "advskew = 1\n",
       {"a.ini: net.inet.carp.arpbalance is 1, and 0 in b.ini: a client is answered twice, or not "
        "at all"}},
  });
}

TEST(ConfigAgainst, WhoIsInTheGroup) {
  expect_apart({
      {"a vhid of a alone",
       hosta(kCarp1 + kAlias),
       hostb(),
       {"a.ini: carp1 (vhid 2): b.ini has no such vhid on this subnet and would not take over"}},
      {"a vhid of b alone",
       hosta(),
       hostb(kCarp1 + kAlias),
       {"b.ini: carp1 (vhid 2): a.ini has no such vhid on this subnet and would not take over"}},
      {"one address, two vhids",
       hosta(),
       replaced(hostb(), "vhid = 1", "vhid = 11"),
       {"a.ini: carp0 (vhid 1): 192.168.1.50 has another vhid in carp0 of b.ini, vhid 11",
        "b.ini: carp0 (vhid 11): 192.168.1.50 has another vhid in carp0 of a.ini, vhid 1"}},
      {"another subnet",
       hosta(),
       replaced(replaced(hostb(), "1.4/", "7.4/"), "192.168.1.50", "192.168.7.50"),
       {"a.ini: carp0 (vhid 1): b.ini has no such vhid on this subnet and would not take over",
        "b.ini: carp0 (vhid 1): a.ini has no such vhid on this subnet and would not take over"}},
      {"one own address",
       hosta(),
       replaced(hostb(), "1.4/", "1.3/"),
       {"a.ini: 192.168.1.3 of lan0 is the own address of em0 in b.ini too"}},
      {"shared here, own there",
       replaced(hosta(), "1.50", "1.4"),
       hostb(),
       {"a.ini: carp0 (vhid 1): lacks 192.168.1.50, which carp0 of b.ini has",
        "b.ini: carp0 (vhid 1): lacks 192.168.1.4, which carp0 of a.ini has",
        "a.ini: carp0 (vhid 1): shares 192.168.1.4, which is the own address of em0 in b.ini"}},
      {"no virtual host",
       "[interface lan0]\nport = p0\naddress = 192.168.1.3/24\n",
       "[interface lan0]\nport = p0\naddress = 192.168.1.4/24\n",
       {"a.ini: there is no virtual host here, nor in b.ini"}},
  });
}

TEST(ConfigAgainst, WhatIsOnlyUnusual) {
  const std::string is_carp0 = "a.ini: note: carp0 (vhid 1): ";
  const std::vector<Row> rows = {
      {"replay (D11)",
       hosta("replay = off\n"),
       hostb(),
       {is_carp0 + "replay differs from that of carp0 of b.ini"}},
      {"demotion byte (D10)",
       hosta(),
       hostb("openbsd_demotion = yes\n"),
       {is_carp0 + "openbsd_demotion differs from that of carp0 of b.ini"}},
      {"source of ARP (D6)",
       hosta("arp_source = port\n"),
       hostb(),
       {is_carp0 + "arp_source differs from that of carp0 of b.ini"}},
      {"order that changes nothing (D1)",
       hosta("address_order = configured\n"),
       hostb(),
       {is_carp0 + "address_order differs from that of carp0 of b.ini, and these addresses come "
                   "in one order all the same"}},
      {"vlan",
       replaced(hosta(), "port = p0\n", "port = p0\nvlan = 7\n"),
       hostb(),
       {is_carp0 + "the vlan of lan0 differs from that of carp0 of b.ini"}},
      {"prefix length",
       replaced(hosta(), "1.50/24", "1.50/32"),
       hostb(),
       {is_carp0 + "the prefix length of 192.168.1.50 differs from that of carp0 of b.ini"}},
      {"advbase 0 (D12)",
       hosta("advbase = 0\nadvskew = 50\n"),
       hostb("advbase = 0\n"),
       {is_carp0 + "with advbase 0 the lower advskew can take over before the lease of the other "
                   "host ends (D4)"}},
      {"not up",
       hosta(),
       hostb("up = no\n"),
       {"b.ini: note: carp0 (vhid 1): it is not up when it starts"}},
      {"not allowed (D13)",
       hosta(),
       hostb("[sysctl]\nnet.inet.carp.allow = 0\n"),
       {"b.ini: note: net.inet.carp.allow is 0: it takes no part"}},
      {"arpbalance without balance",
       hosta("[sysctl]\nnet.inet.carp.arpbalance = 1\n"),
       hostb(),
       {"a.ini: note: net.inet.carp.arpbalance is 1, and 0 in b.ini; no address is balanced here"}},
      {"transition (I2.13)",
       hosta("[global]\ntransition = 60\n"),
       hostb(),
       {"a.ini: note: transition is 60, and 0 in b.ini"}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    const Comparison result = compare(row.a, row.b);
    EXPECT_THAT(result.apart, IsEmpty());
    EXPECT_THAT(result.notes, ElementsAreArray(row.said));
  }
}

// Two interfaces of a port in one subnet: the vlan says which belong together.
TEST(ConfigAgainst, TheVlanSaysWhoBelongsTogether) {
  const auto two = [](const std::string& octet, const std::string& skew) {
    std::string text;
    for (const char* vlan : {"7", "8"})
      text += "[interface v" + std::string(vlan) + "]\nport = p0\nvlan = " + vlan +
              "\naddress = 192.168.1." + octet + (*vlan == '7' ? "3/24\n" : "4/24\n");
    for (const char* vlan : {"7", "8"})
      text += "[carp" + std::string(vlan) + "]\nvhid = 1\ninterface = v" + vlan +
              "\nadvskew = " + skew + "\npass = on" + vlan + "\naddress = 192.168.1.50/24\n";
    return text;
  };
  const Comparison result = compare(two("1", "0"), two("2", "100"));
  EXPECT_THAT(result.apart, IsEmpty());
  EXPECT_THAT(result.notes, IsEmpty());
}

// Whoever stands first, the same is found.
TEST(ConfigAgainst, TheOrderOfTheFilesChangesNoVerdict) {
  for (const std::string more : {"", "advbase = 3\n", "pass_hex = 01\n", "replay = off\n"}) {
    std::string a = hosta(more);
    if (more.starts_with("pass")) a = replaced(a, "pass = testpass\n", "");
    EXPECT_EQ(compare(a, hostb()).apart.size(), compare(hostb(), a).apart.size()) << more;
    EXPECT_EQ(compare(a, hostb()).notes.size(), compare(hostb(), a).notes.size()) << more;
  }
}

}  // namespace
}  // namespace carp::control
