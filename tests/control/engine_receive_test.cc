// SPDX-License-Identifier: BSD-3-Clause
//
// The vectors RX from the wire to the counter: a worker judges the frame by its table, control
// judges the advertisement; one counter moves, and nothing else changes where it is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/control/counts.h"
#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"
#include "tests/support/frames.h"
#include "tests/support/vectors.h"

namespace carp::control {
namespace {

using proto::Pace;
using proto::State;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kIp = 14;
constexpr size_t kCarp = kIp + 20;

// Everything of a virtual host that an advertisement could change.
[[nodiscard]] auto trace_of(const EngineRig& rig) {
  const VhostEntry& entry = rig.entry();
  return std::tuple(entry.vhost.state, entry.vhost.deadline, entry.master, entry.master_heard_until,
                    entry.transitions, entry.replay.highest());
}

// The receiver of a vector. Its own address is none of the sender's (192.168.1.3).
[[nodiscard]] Config receiver_of(const support::Vector& vector) {
  const auto& params = vector.json.at("receiver");
  auto carp0 = vhost("carp0", params.at("vhid"), "192.168.1.50/24",
                     {params.at("advbase"), params.at("advskew")});
  Config config = lan_config({});
  if (!params.at("interface_vhids").empty()) config.vhosts = {carp0};
  config.interfaces[0].addresses[0].address = support::ip("192.168.1.9");
  config.sysctl.allow = params.at("allow") == 1;
  if (vector.id == "RX-038") config.interfaces[0].vlan = 100;
  return config;
}

// The counter that moves beside ipackets; "" for none, "-" where control does not see the frame.
// D15 for type and authlen; ip_input's drops are process()'s.
[[nodiscard]] std::string counter_of(const support::Vector& vector) {
  if (vector.id == "RX-008") return "badver";
  if (vector.id == "RX-009" || vector.id == "RX-010") return "badlen";
  if (vector.id == "RX-027" || vector.id == "RX-031" || vector.id == "RX-032") return "-";
  if (vector.id == "RX-033") return "";
  const auto& counter = vector.json.at("expect").at("counter");
  return counter.is_null() ? "" : counter.get<std::string>();
}

class ReceiveVector : public testing::TestWithParam<support::Vector> {};

TEST_P(ReceiveVector, MovesItsCounterAndNothingElse) {
  EngineRig rig(receiver_of(GetParam()));
  rig.start();
  rig.run(seconds(1));
  const bool has_vhost = rig.engine().find_vhost("carp0") != nullptr;
  const auto before = has_vhost ? trace_of(rig) : decltype(trace_of(rig)){};
  rig.receive(0, support::hex_field(GetParam().json, "frame_hex"));
  rig.pass();

  const std::string counter = counter_of(GetParam());
  Counts expected;
  if (counter != "-") expected["ipackets"] = 1;
  if (!counter.empty() && counter != "-") expected[counter] = 1;
  EXPECT_EQ(counts_of(rig.engine().statistics()), expected);
  EXPECT_EQ(rig.dropped_of_inbox, counter == "-" ? 1u : 0u);
  if (!has_vhost) return;
  if (!counter.empty() || GetParam().id == "RX-033") {
    EXPECT_EQ(trace_of(rig), before);
  } else {  // C74: the master down timer starts anew
    EXPECT_EQ(rig.state(), State::backup);
    EXPECT_EQ(rig.entry().vhost.deadline, rig.now() + proto::master_down_time({1, 100}));
    EXPECT_EQ(to_string(rig.entry().master), "192.168.1.3");
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, ReceiveVector, testing::ValuesIn(support::vectors("receive")),
                         support::vector_name);

// D11 instead of RX-037: the second time it is a replay, unless replay = off restores C50.
TEST(Receive, TheSamePairASecondTimeIsAReplay) {
  for (const auto policy : {proto::ReplayPolicy::window, proto::ReplayPolicy::off}) {
    const bool accepts = policy == proto::ReplayPolicy::off;
    Config config = receiver_of(support::vector_by_id("RX-001"));
    config.vhosts[0].replay = policy;
    EngineRig rig(std::move(config));
    rig.start();
    rig.hear(support::hex_field(support::vector_by_id("RX-001").json, "frame_hex"));
    rig.run(seconds(2));
    const auto before = trace_of(rig);
    rig.hear(support::hex_field(support::vector_by_id("RX-037").json, "frame_hex"));
    rig.pass();
    EXPECT_EQ(rig.engine().statistics().replay, accepts ? 0u : 1u);
    EXPECT_EQ(trace_of(rig) == before, !accepts);
  }
}

// RX-005 after the advertisement that it was made of: OpenBSD may repeat a counter with another
// advskew, so it passes once (D11 rule 4), and never again out of step.
TEST(Receive, AReskewedPairPassesOnce) {
  EngineRig rig(receiver_of(support::vector_by_id("RX-001")));
  rig.start();
  for (const char* id : {"RX-001", "RX-005", "RX-005", "RX-001"}) {
    rig.hear(support::hex_field(support::vector_by_id(id).json, "frame_hex"));
    rig.run(milliseconds(100));
  }
  EXPECT_EQ(rig.engine().statistics().replay, 2u);
}

// D11 rule 6.
TEST(Receive, OurOwnComeBackIsALoop) {
  EngineRig rig(lan_config({vhost("carp0", 1, "192.168.1.50/24")}));
  rig.start();
  rig.run(seconds(4));
  ASSERT_TRUE(rig.is_master());
  rig.hear(rig.sent().front().bytes);
  rig.pass();
  EXPECT_TRUE(rig.is_master());
  EXPECT_EQ(rig.engine().statistics().loop, 1u);
  ASSERT_EQ(rig.engine().peers().all().size(), 1u);
  const Peer& ourselves = rig.engine().peers().all()[0];
  EXPECT_EQ(to_string(ourselves.source), "192.168.1.3");
  EXPECT_EQ(ourselves.reason, "our own advertisement come back: a loop or a mirror port");
}

// D11 rule 6: two MASTERs that speak in one millisecond. A peer, and no loop to look for at night.
TEST(Receive, APeerInStepIsNoLoop) {
  EngineRig rig(lan_config({vhost("carp0", 1, "192.168.1.50/24")}));
  rig.start();
  rig.run(seconds(4));
  net::Frame frame = rig.sent().front().bytes;
  frame[kIp + 15] = 4;  // 192.168.1.4
  rig.hear(frame);
  rig.pass();
  EXPECT_EQ(rig.engine().statistics().loop, 1u);
  EXPECT_THAT(
      rig.log(),
      testing::Contains(testing::Field(
          &LogLine::text, testing::HasSubstr("source=192.168.1.4 vhid=1 cause=\"said in the same "
                                             "moment as ours, both speak again\""))));
}

// C92: an advertisement with two faults is counted for the earlier check.
struct Fault {
  const char* counter;
  void (*apply)(net::Frame& frame);
};

void mend_checksum(net::Frame& frame) {
  frame[kCarp + 6] = frame[kCarp + 7] = 0;
  uint32_t sum = 0;
  for (size_t i = kCarp; i < kCarp + 36; i += 2) sum += frame[i] << 8 | frame[i + 1];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  frame[kCarp + 6] = static_cast<uint8_t>(~sum >> 8);
  frame[kCarp + 7] = static_cast<uint8_t>(~sum);
}

// In the order of the checks. The last of a pair is applied first, so that a checksum that an
// earlier fault breaks is not mended by a later one.
constexpr Fault kFaults[] = {
    {"badttl", [](net::Frame& frame) { frame[kIp + 8] = 254; }},
    {"badlen", [](net::Frame& frame) { frame[kIp + 3] = 55; }},
    {"badsum", [](net::Frame& frame) { frame[kCarp + 6] ^= 1; }},
    {"badvhid",
     [](net::Frame& frame) {
       frame[kCarp + 1] = 9;
       mend_checksum(frame);
     }},
    {"badver",
     [](net::Frame& frame) {
       frame[kCarp] = 0x31;
       mend_checksum(frame);
     }},
    {"badauth",
     [](net::Frame& frame) {
       frame[kCarp + 35] ^= 1;
       mend_checksum(frame);
     }},
};

TEST(Receive, TheEarlierOfTwoFaultsCounts) {
  const auto carp0 = vhost("carp0", 1, "192.168.1.50/24");
  for (size_t first = 0; first < std::size(kFaults); ++first) {
    for (size_t second = first; second < std::size(kFaults); ++second) {
      EngineRig rig(lan_config({carp0}));
      Neighbour neighbour(carp0);
      rig.start();
      net::Frame frame = neighbour.advert({1, 0});
      kFaults[second].apply(frame);
      if (second != first) kFaults[first].apply(frame);
      rig.hear(frame);
      EXPECT_EQ(counts_of(rig.engine().statistics()),
                (Counts{{"ipackets", 1}, {kFaults[first].counter, 1}}))
          << kFaults[first].counter << " and " << kFaults[second].counter;
    }
  }
}

// C92 steps 2 and 3 come before all of these.
TEST(Receive, AllowAndInterfaceAreAskedFirst) {
  const auto carp0 = vhost("carp0", 1, "192.168.1.50/24");
  for (const Fault& fault : kFaults) {
    EngineRig rig(two_lan_config({carp0}));
    Neighbour neighbour(carp0);
    rig.start();
    net::Frame frame = neighbour.advert({1, 0});
    fault.apply(frame);
    rig.hear(frame, 1);
    EXPECT_EQ(counts_of(rig.engine().statistics()), (Counts{{"ipackets", 1}, {"badif", 1}}));
    Sysctl sysctl = rig.engine().config().sysctl;
    sysctl.allow = false;
    rig.engine().set_sysctl(sysctl, rig.now(), rig.out());
    rig.hear(frame, 1);
    EXPECT_EQ(counts_of(rig.engine().statistics()), (Counts{{"ipackets", 2}, {"badif", 1}}));
  }
}

// C4: the same vhid on two vlans of one port are two virtual hosts.
TEST(Receive, EachVlanHasItsOwnVhids) {
  Config config = lan_config({vhost("carp0", 1, "192.168.1.50/24", {1, 100}),
                              vhost("carp1", 1, "10.0.0.50/24", {1, 100}, "lan1")});
  config.interfaces[0].vlan = 100;
  config.interfaces.push_back(interface_config("lan1", "10.0.0.3/24", 200));
  EngineRig rig(config);
  Neighbour neighbour(config.vhosts[1], "10.0.0.4", 200);
  rig.start();
  for (int i = 0; i < 5; ++i) {
    rig.receive(0, neighbour.advert({1, 0}));
    rig.run(seconds(1));
  }
  EXPECT_TRUE(rig.is_master("carp0"));
  EXPECT_EQ(rig.state("carp1"), State::backup);
  for (const SentAdvert& sent : rig.adverts()) EXPECT_EQ(sent.vlan, 100);
  EXPECT_EQ(rig.engine().statistics().badauth, 0u);
}

// Workers let through first what goes on from the advertisement accepted or sent last; what was
// refused changes nothing about that, or whoever forges one could make strangers of the group.
TEST(Receive, WorkersKnowTheCounterThatComesNext) {
  const auto carp0 = vhost("carp0", 1, "192.168.1.50/24");
  EngineRig rig(lan_config({carp0}));
  rig.start();
  rig.run(milliseconds(10));
  const auto counter = [&] { return rig.table()->leases().counter(rig.entry().lease); };
  EXPECT_EQ(counter(), rig.entry().replay.latest());
  EXPECT_NE(counter(), 0u);

  Neighbour peer(carp0);
  net::Frame first = peer.advert({1, 0});
  rig.receive(0, first);
  rig.pass();
  EXPECT_EQ(counter(), peer.counter - 1);
  const uint64_t heard = counter();
  rig.receive(0, first);  // a replay
  rig.pass();
  peer.counter += 1000;
  net::Frame forged = peer.advert({1, 0});
  forged.back() ^= 1;
  rig.receive(0, forged);
  rig.pass();
  EXPECT_EQ(counter(), heard);

  rig.run(seconds(5));
  ASSERT_TRUE(rig.is_master());
  EXPECT_EQ(counter(), rig.adverts().back().advert.counter);
}

}  // namespace
}  // namespace carp::control
