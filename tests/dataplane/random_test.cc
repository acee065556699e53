// SPDX-License-Identifier: BSD-3-Clause
//
// Frames that nobody thought of: random bytes, and good frames with random damage. What must hold
// for all of them is that nothing outside the frame is touched, that a frame which is not answered
// is not changed, and that an answer goes to one host and is of the kind that was asked.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "lib/net/checksum.h"
#include "tests/dataplane/scene.h"

namespace carp::dataplane {
namespace {

using support::ip;
using support::padded;

constexpr uint32_t kSeed = 20240731;
constexpr int kRounds = 50000;
constexpr size_t kGuard = 64;
constexpr uint8_t kGuardByte = 0xc5;

[[nodiscard]] std::vector<net::Frame> good_frames() {
  const auto message = support::icmp_message(net::kIcmpEchoRequest, 0, net::Frame(32, 0x5a));
  return {
      padded(support::arp_frame({.sender_mac = kClientMac,
                                 .sender_ip = ip("192.168.1.100"),
                                 .target_ip = ip("192.168.1.50")})),
      padded(support::arp_frame({.vlan = 100,
                                 .sender_mac = kClientMac,
                                 .sender_ip = ip("10.0.0.100"),
                                 .target_ip = ip("10.0.0.51")})),
      support::ipv4_frame({.destination_mac = net::virtual_mac(1),
                           .source_mac = kClientMac,
                           .source = ip("192.168.1.100"),
                           .destination = ip("192.168.1.50")},
                          message),
      support::ipv4_frame({.destination_mac = net::kCarpGroupMac,
                           .source_mac = net::virtual_mac(1),
                           .source = ip("192.168.1.4"),
                           .destination = net::kCarpGroup,
                           .protocol = net::kProtocolCarp},
                          support::carp_message(1, 1)),
  };
}

// Mends the header checksum where there is a whole header, so that damage gets past it.
void mend_ip_checksum(net::Frame& frame) {
  if (frame.size() < 34 || frame[12] != 0x08 || frame[13] != 0x00) return;
  const size_t length = std::min<size_t>((frame[14] & 15) * 4u, frame.size() - 14);
  if (length < 20) return;
  const net::Bytes header = net::Bytes(frame).subspan(14, length);
  auto* checksum = net::view_at<net::Be16>(header, 10);
  *checksum = net::Be16(0);
  *checksum = net::internet_checksum(header);
}

[[nodiscard]] net::Frame random_bytes(std::mt19937& random) {
  net::Frame frame(random() % 128);
  for (uint8_t& byte : frame) byte = static_cast<uint8_t>(random());
  return frame;
}

[[nodiscard]] net::Frame damaged(std::mt19937& random, net::Frame frame) {
  for (unsigned n = random() % 4; n > 0; --n) {
    frame[random() % frame.size()] = static_cast<uint8_t>(random());
  }
  if (random() % 2 == 0) mend_ip_checksum(frame);
  if (random() % 4 == 0) frame.resize(random() % (frame.size() + 1));
  return frame;
}

void expect_sane_answer(const net::Frame& asked, const Outcome& outcome) {
  if (verdict_of(outcome.reason) != Verdict::transmit) return;
  ASSERT_EQ(outcome.frame.size(), asked.size());
  const auto& ethernet = *net::view_at<net::EthernetHeader>(net::ConstBytes(outcome.frame), 0);
  EXPECT_FALSE(ethernet.destination.is_group());
  EXPECT_TRUE(ethernet.source == kPortMac || net::vhid_of(ethernet.source).has_value());
  EXPECT_TRUE(std::equal(asked.begin() + 12, asked.begin() + 14, outcome.frame.begin() + 12));
}

// The same frame between guard bytes that must survive: finds stray writes without a sanitizer.
void expect_guards_survive(const net::Frame& frame) {
  net::Frame guarded(frame.size() + 2 * kGuard, kGuardByte);
  std::copy(frame.begin(), frame.end(), guarded.begin() + kGuard);
  static_cast<void>(process(net::Bytes(guarded).subspan(kGuard, frame.size()), 0,
                            standard_scene().table(), kNow));
  EXPECT_EQ(std::count(guarded.begin(), guarded.begin() + kGuard, kGuardByte), long{kGuard});
  EXPECT_EQ(std::count(guarded.end() - kGuard, guarded.end(), kGuardByte), long{kGuard});
}

TEST(RandomFrames, AreNeverTouchedOutside) {
  std::mt19937 random(kSeed);
  const auto good = good_frames();
  std::array<int, kReasonCount> seen{};
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
    const net::Frame frame =
        round % 8 == 0 ? random_bytes(random) : damaged(random, good[random() % good.size()]);
    const Outcome outcome = run(standard_scene(), frame);
    ++seen[static_cast<size_t>(outcome.reason)];
    expect_sane_answer(frame, outcome);
    expect_guards_survive(frame);
    if (HasFailure()) return;
  }
  // The damage was of many kinds: every reason that the generator can reach was reached.
  for (const Reason reason :
       {Reason::arp_answered,   Reason::echo_answered,    Reason::advert,
        Reason::advert_invalid, Reason::too_short,        Reason::unknown_vlan,
        Reason::ether_type,     Reason::arp_malformed,    Reason::arp_not_request,
        Reason::arp_bad_sender, Reason::arp_other_target, Reason::other_host,
        Reason::ip_malformed,   Reason::ip_checksum,      Reason::ip_fragment,
        Reason::ip_group,       Reason::ip_bad_source,    Reason::ip_other_target,
        Reason::ip_no_service,  Reason::icmp_malformed}) {
    EXPECT_GT(seen[static_cast<size_t>(reason)], 0) << info_of(reason).name;
  }
}

}  // namespace
}  // namespace carp::dataplane
