// SPDX-License-Identifier: BSD-3-Clause
//
// process() against the naive model of the rules (arp_model.h).
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/dataplane/arp_model.h"
#include "tests/support/frame_matcher.h"

namespace carp::dataplane {
namespace {

using support::arp_frame;
using support::ArpSpec;
using support::ip;
using support::padded;

[[nodiscard]] testing::AssertionResult agrees(const Scene& scene, const SceneData& data,
                                              const net::Frame& frame) {
  const Outcome outcome = run(scene, frame);
  const Expected expected = expect_arp(data, frame);
  if (info_of(outcome.reason).name != expected.reason) {
    return testing::AssertionFailure() << info_of(outcome.reason).name << ", the model says "
                                       << expected.reason << ": " << net::to_hex(frame);
  }
  return support::same_frame(outcome.frame, expected.frame);
}

// True when both agree on what becomes of `frame`, without and with a kernel beside the interfaces.
[[nodiscard]] testing::AssertionResult agrees_with_model(const net::Frame& frame) {
  const auto without = agrees(standard_scene(), standard_data(), frame);
  return without ? agrees(host_scene(), host_data(), frame) : without;
}

// Requests that are answered, untagged and tagged, own and shared, and two that are not.
[[nodiscard]] std::vector<net::Frame> base_frames() {
  const auto request = [](const char* sender, const char* target, uint16_t vlan) {
    return padded(arp_frame({.vlan = vlan,
                             .sender_mac = kClientMac,
                             .sender_ip = ip(sender),
                             .target_ip = ip(target)}));
  };
  return {request("192.168.1.100", "192.168.1.50", net::kUntagged),
          request("192.168.1.100", "192.168.1.10", net::kUntagged),
          request("192.168.1.100", "192.168.1.3", net::kUntagged),
          request("192.168.1.100", "192.168.1.51", net::kUntagged),
          request("192.168.1.50", "192.168.1.50", net::kUntagged),
          request("10.0.0.100", "10.0.0.51", 100)};
}

TEST(ArpModel, AgreesOnTheFramesThemselves) {
  for (const auto& frame : base_frames()) EXPECT_TRUE(agrees_with_model(frame));
}

TEST(ArpModel, AgreesOnEverySingleBitFlip) {
  for (const auto& base : base_frames()) {
    for (size_t bit = 0; bit < base.size() * 8; ++bit) {
      net::Frame frame = base;
      frame[bit / 8] = static_cast<uint8_t>(frame[bit / 8] ^ 1u << (bit % 8));
      ASSERT_TRUE(agrees_with_model(frame)) << "bit " << bit;
    }
  }
}

TEST(ArpModel, AgreesOnEveryTruncation) {
  for (const auto& base : base_frames()) {
    for (size_t size = 0; size < base.size(); ++size) {
      const net::Frame frame(base.begin(), base.begin() + static_cast<long>(size));
      ASSERT_TRUE(agrees_with_model(frame)) << size << " bytes";
    }
  }
}

// Every combination of the addresses, MACs, operations and VLANs that a rule speaks of.
TEST(ArpModel, AgreesOnEveryCombinationOfInterestingFields) {
  std::vector<net::MacAddress> macs{kClientMac, kPortMac, net::kBroadcastMac, net::kCarpGroupMac};
  for (const uint8_t vhid : {0, 1, 2, 5, 6, 7, 8, 9, 255}) macs.push_back(net::virtual_mac(vhid));
  std::vector<net::Ipv4Address> addresses{ip("0.0.0.0"), ip("255.255.255.255"), ip("192.168.1.99"),
                                          ip("192.168.1.100"), ip("192.168.1.101")};
  for (const Address& entry : standard_data().addresses) addresses.push_back(entry.address);

  std::map<std::string, int> seen;
  for (const uint16_t vlan : {0, 100, 101}) {
    for (const uint16_t operation : {0, 1, 2, 3}) {
      for (const auto& sender_mac : macs) {
        for (const auto sender : addresses) {
          for (const auto target : addresses) {
            const auto frame = arp_frame({.vlan = vlan,
                                          .operation = operation,
                                          .sender_mac = sender_mac,
                                          .sender_ip = sender,
                                          .target_ip = target});
            ASSERT_TRUE(agrees_with_model(frame));
            ++seen[expect_arp(standard_data(), frame).reason];
            ++seen[expect_arp(host_data(), frame).reason];
          }
        }
      }
    }
  }
  for (const char* reason : {"arp_answered", "arp_conflict", "arp_from_virtual", "arp_own_frame",
                             "arp_bad_sender", "arp_other_target", "arp_not_request", "not_master",
                             "lease_lapsed", "unknown_vlan", "host_arp"}) {
    EXPECT_GT(seen[reason], 0) << reason;
  }
}

}  // namespace
}  // namespace carp::dataplane
