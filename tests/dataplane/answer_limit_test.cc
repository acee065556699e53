// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/answer_limit.h"

#include <gtest/gtest.h>

#include "tests/dataplane/scene.h"

namespace carp::dataplane {
namespace {

using support::ip;

constexpr uint32_t kNowS = 100;
const net::Ipv4Address kClient = ip("192.168.1.100");

[[nodiscard]] int admitted(AnswerLimit& limit, net::Ipv4Address client, uint32_t second,
                           int asked) {
  int count = 0;
  for (int i = 0; i < asked; ++i) count += limit.admit(client, second) ? 1 : 0;
  return count;
}

TEST(AnswerLimit, OffTakesNoMemory) {
  EXPECT_FALSE(AnswerLimit(0).is_on());
  EXPECT_EQ(AnswerLimit(0).memory_bytes(), 0u);
  EXPECT_TRUE(AnswerLimit(1).is_on());
}

TEST(AnswerLimit, EachClientGetsItsNumberEachSecond) {
  AnswerLimit limit(3);
  EXPECT_EQ(admitted(limit, kClient, kNowS, 10), 3);
  EXPECT_EQ(admitted(limit, ip("192.168.1.101"), kNowS, 10), 3);
  EXPECT_EQ(admitted(limit, kClient, kNowS, 10), 0);
  EXPECT_EQ(admitted(limit, kClient, kNowS + 1, 10), 3);
  EXPECT_EQ(admitted(limit, kClient, 0, 10), 3);  // after 2^32 seconds the number starts anew
  EXPECT_EQ(admitted(limit, net::Ipv4Address{0}, kNowS, 10), 3);  // a probe's sender
}

// A client's share is its own: no number of others, invented or not, takes from it, and none gives
// it a second one. A thousand times more of them than there are places.
TEST(AnswerLimit, CrowdsNeitherTakeNorGive) {
  AnswerLimit limit(5);
  EXPECT_EQ(admitted(limit, kClient, kNowS, 100), 5);
  for (uint32_t stranger = 0; stranger < 4'000'000; ++stranger)
    EXPECT_TRUE(limit.admit(net::Ipv4Address{0x0a000000 + stranger}, kNowS));
  EXPECT_EQ(admitted(limit, kClient, kNowS, 100), 0);
  const net::Ipv4Address patient = ip("192.168.1.102");
  EXPECT_EQ(admitted(limit, patient, kNowS, 5), 5);
}

TEST(AnswerLimit, AnOldShareMakesRoomFirst) {
  AnswerLimit limit(2);
  const size_t places = limit.memory_bytes() / 16;
  for (uint32_t old = 0; old < 4 * places; ++old) (void)admitted(limit, {old}, kNowS - 1, 2);
  for (uint32_t now = 0; now < places / 8; ++now)
    EXPECT_EQ(admitted(limit, {0x0b000000 + now}, kNowS, 3), 2);
  for (uint32_t now = 0; now < places / 8; ++now)
    EXPECT_EQ(admitted(limit, {0x0b000000 + now}, kNowS, 3), 0) << now;
}

[[nodiscard]] net::Ipv4Address client_of_answer(const net::Frame& question) {
  Outcome outcome = run(standard_scene(), question);
  EXPECT_EQ(verdict_of(outcome.reason), Verdict::transmit);
  return client_of(outcome.frame, outcome.reason);
}

TEST(AnswerLimit, TheClientIsWhoAsked) {
  const auto request = [](uint16_t vlan, const char* client, const char* target) {
    return support::arp_frame(
        {.vlan = vlan, .sender_mac = kClientMac, .sender_ip = ip(client), .target_ip = ip(target)});
  };
  const auto echo = [](uint16_t vlan, const char* client, const char* target) {
    return support::ipv4_frame({.destination_mac = kPortMac,
                                .source_mac = kClientMac,
                                .vlan = vlan,
                                .source = ip(client),
                                .destination = ip(target)},
                               support::icmp_message(net::kIcmpEchoRequest, 0));
  };
  EXPECT_EQ(client_of_answer(request(net::kUntagged, "192.168.1.100", "192.168.1.50")), kClient);
  EXPECT_EQ(client_of_answer(request(100, "10.0.0.9", "10.0.0.51")), ip("10.0.0.9"));
  EXPECT_EQ(client_of_answer(echo(net::kUntagged, "192.168.1.100", "192.168.1.3")), kClient);
  EXPECT_EQ(client_of_answer(echo(100, "10.0.0.9", "10.0.0.3")), ip("10.0.0.9"));
}

}  // namespace
}  // namespace carp::dataplane
