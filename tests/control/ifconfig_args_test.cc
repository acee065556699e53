// SPDX-License-Identifier: BSD-3-Clause
//
// The words after `ifconfig carp0`: the manual page's examples, then every fault.
#include "lib/control/ifconfig_args.h"

#include <gtest/gtest.h>

#include "lib/control/config_lines.h"
#include "lib/proto/key.h"

namespace carp::control {
namespace {

[[nodiscard]] net::Result<IfconfigArgs, std::string> parse(const std::string& line) {
  return parse_ifconfig_args(split_words(line));
}

[[nodiscard]] AddressChange change(const char* prefix, AddressAction action) {
  return {net::parse_ipv4_prefix(prefix).value(), action};
}

struct Row {
  const char* line;
  IfconfigArgs args;
};

void expect_rows(const std::vector<Row>& rows) {
  for (const auto& [line, args] : rows) {
    const auto parsed = parse(line);
    ASSERT_TRUE(parsed.ok()) << line << ": " << parsed.error();
    EXPECT_EQ(parsed.value(), args) << line;
  }
}

TEST(IfconfigArgs, ManualPagesExamples) {
  const proto::Key key = proto::key_from_pass("mekmitasdigoat");
  const auto shared = change("192.168.1.1/24", AddressAction::set);
  expect_rows({
      {"", {}},
      {"create", {.create = true}},
      {"vhid 1 pass mekmitasdigoat 192.168.1.1/24", {.vhid = 1, .key = key, .addresses = {shared}}},
      {"vhid 1 advskew 100 pass mekmitasdigoat 192.168.1.1/24",
       {.vhid = 1, .advskew = 100, .key = key, .addresses = {shared}}},
      {"down", {.up = false}},
      {"up", {.up = true}},
      {"state master", {.state = ForcedState::master}},
      {"state backup", {.state = ForcedState::backup}},
      {"destroy", {.destroy = true}},
      {"vhid 255 advbase 255 advskew 254", {.vhid = 255, .advbase = 255, .advskew = 254}},
      {"advbase 0 advskew 0", {.advbase = 0, .advskew = 0}},
  });
}

TEST(IfconfigArgs, AddressesInEveryForm) {
  const auto set = change("192.168.1.2/24", AddressAction::set);
  const auto alias = change("192.168.1.2/24", AddressAction::alias);
  expect_rows({
      {"inet 192.168.1.2/24", {.addresses = {set}}},
      {"192.168.1.2 netmask 255.255.255.0", {.addresses = {set}}},
      {"inet 192.168.1.2 netmask 0xffffff00", {.addresses = {set}}},
      {"192.168.1.2/24 alias", {.addresses = {alias}}},
      {"192.168.1.2/24 add", {.addresses = {alias}}},
      {"alias 192.168.1.2/24", {.addresses = {alias}}},
      {"192.168.1.2 netmask 255.255.255.0 alias", {.addresses = {alias}}},
      {"192.168.1.2 alias netmask 255.255.255.0", {.addresses = {alias}}},
      {"192.168.1.2 delete", {.addresses = {change("192.168.1.2/32", AddressAction::remove)}}},
      {"192.168.1.2/24 -alias", {.addresses = {change("192.168.1.2/24", AddressAction::remove)}}},
      {"inet 192.168.1.2 remove", {.addresses = {change("192.168.1.2/32", AddressAction::remove)}}},
      {"192.168.1.2/24 192.168.1.3/32 alias",
       {.addresses = {set, change("192.168.1.3/32", AddressAction::alias)}}},
  });
}

TEST(IfconfigArgs, PassPhraseMayBeAnyWord) {
  expect_rows({
      {"pass vhid", {.key = proto::key_from_pass("vhid")}},
      {"pass 10.0.0.1/8", {.key = proto::key_from_pass("10.0.0.1/8")}},
      {"pass te#st", {.key = proto::key_from_pass("te#st")}},
      {"pass 12345678901234567890",
       {.key = proto::key_from_pass("1234567890123456789"), .pass_cut = true}},
  });
}

TEST(IfconfigArgs, FaultsSayWhatWasExpected) {
  struct Refusal {
    const char* line;
    const char* fault;
  };
  for (const auto& [line, fault] : std::vector<Refusal>{
           {"advskew 300", "advskew: 300 is not in 0–254"},
           {"advskew", "advskew: a whole number in 0–254 was expected"},
           {"vhid 0", "vhid: 0 is not in 1–255"},
           {"vhid one", "vhid: a whole number in 1–255 was expected"},
           {"advbase 256", "advbase: 256 is not in 0–255"},
           {"colour red", "unknown parameter: colour"},
           {"pass", "pass: a pass phrase was expected"},
           {"state", "state: master or backup was expected"},
           {"state init", "state: master or backup was expected"},
           {"inet", "inet: an address was expected"},
           {"inet6 fe80::1", "inet6: IPv6 is not served by this version"},
           {"2001:db8::1/64", "2001:db8::1/64: IPv6 is not served by this version"},
           {"192.168.1.2", "192.168.1.2: a length such as /24, or a netmask, was expected"},
           {"192.168.1.2 alias", "192.168.1.2: a length such as /24, or a netmask, was expected"},
           {"192.168.1.2/33", "192.168.1.2/33: the length is not in 1–32"},
           {"192.168.1.300/24", "192.168.1.300 is not an IPv4 address"},
           {"192.168.1.255/24", "192.168.1.255/24 is the broadcast address of its network"},
           {"224.0.0.18/4", "224.0.0.18/4 is a multicast address"},
           {"192.168.1.2 netmask", "netmask: 255.255.255.0 or 0xffffff00 was expected"},
           {"192.168.1.2 netmask 255.0.255.0", "netmask: 255.255.255.0 or 0xffffff00 was expected"},
           {"192.168.1.2 netmask 0xfffffffff", "netmask: 255.255.255.0 or 0xffffff00 was expected"},
           {"192.168.1.2 netmask 0x", "netmask: 255.255.255.0 or 0xffffff00 was expected"},
           {"192.168.1.2 netmask 0.0.0.0", "netmask: 255.255.255.0 or 0xffffff00 was expected"},
           {"netmask 255.0.0.0", "netmask: an address without a length was expected before it"},
           {"10.0.0.1/8 netmask 255.0.0.0",
            "netmask: an address without a length was expected before it"},
           {"delete", "delete: an address was expected"},
           {"alias up", "an address was expected after the action"},
           {"10.0.0.1/8 alias delete", "delete: an address was expected"},
           {"10.0.0.1/8 10.0.0.2/8", "10.0.0.2: a further address needs the word alias"}}) {
    const auto parsed = parse(line);
    ASSERT_FALSE(parsed.ok()) << line;
    EXPECT_EQ(parsed.error(), fault) << line;
  }
}

TEST(IfconfigArgs, NothingOfAPassPhraseIsRepeated) {
  for (const auto* line :
       {"pass my secret", "pass my secret:s", "pass my secret/24", "passsecret", "pass=secret",
        "vhid secret", "pass x vhid secret", "pass my 1.2.3.secret/4"}) {
    const auto parsed = parse(line);
    ASSERT_FALSE(parsed.ok()) << line;
    EXPECT_EQ(parsed.error().find("secret"), std::string::npos) << parsed.error();
  }
  const std::string empty[] = {"pass", ""};
  EXPECT_EQ(parse_ifconfig_args(empty).error(), "pass: a pass phrase was expected");
}

}  // namespace
}  // namespace carp::control
