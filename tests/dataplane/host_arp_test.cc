// SPDX-License-Identifier: BSD-3-Clause
//
// Which ARP goes to the kernel where an interface has its host interface (I7.2), and which does
// not. Rows in the host scene (scene.h).
#include <gtest/gtest.h>

#include "tests/dataplane/scene.h"

namespace carp::dataplane {
namespace {

using net::virtual_mac;
using support::arp_frame;
using support::ArpSpec;
using support::ip;
using support::mac;

const net::MacAddress kOtherMac = mac("02:00:00:00:00:99");

[[nodiscard]] ArpSpec asks(const char* sender, const char* target,
                           const net::MacAddress& from = kClientMac) {
  return {.sender_mac = from, .sender_ip = ip(sender), .target_ip = ip(target)};
}

// To the port's MAC, unless `to` says otherwise.
[[nodiscard]] ArpSpec replies(const char* sender, const char* target,
                              const net::MacAddress& from = kClientMac,
                              const net::MacAddress& to = kPortMac) {
  return {.destination = to,
          .operation = net::kArpReply,
          .sender_mac = from,
          .sender_ip = ip(sender),
          .target_mac = to,
          .target_ip = ip(target)};
}

[[nodiscard]] Row arp_row(std::string sentence, const ArpSpec& spec, Reason reason) {
  return {std::move(sentence), arp_frame(spec), reason};
}

TEST(HostArp, RequestsForSharedAddressesStayTheWorkers) {
  const auto asked = asks("192.168.1.100", "192.168.1.50");
  const ArpSpec answer{.destination = kClientMac,
                       .operation = net::kArpReply,
                       .sender_mac = virtual_mac(1),
                       .sender_ip = ip("192.168.1.50"),
                       .target_mac = kClientMac,
                       .target_ip = ip("192.168.1.100")};
  check_rows(host_scene(),
             {{"held", arp_frame(asked), Reason::arp_answered, arp_frame(answer)},
              arp_row("BACKUP", asks("192.168.1.100", "192.168.1.51"), Reason::not_master),
              arp_row("lapsed (D4)", asks("192.168.1.100", "192.168.1.52"), Reason::lease_lapsed),
              arp_row("balanced, the other's client", asks("192.168.1.101", "192.168.1.10"),
                      Reason::not_master),
              arp_row("by a virtual MAC (D17)", asks("192.168.1.4", "192.168.1.51", virtual_mac(2)),
                      Reason::arp_from_virtual)});
}

// With a host interface the kernel, not the worker, answers for own addresses.
TEST(HostArp, OtherArpIsTheKernels) {
  check_rows(host_scene(),
             {arp_row("own address", asks("192.168.1.100", "192.168.1.3"), Reason::host_arp),
              arp_row("own address, a probe", asks("0.0.0.0", "192.168.1.3"), Reason::host_arp),
              arp_row("a neighbour for a neighbour", asks("192.168.1.100", "192.168.1.99"),
                      Reason::host_arp),
              arp_row("a neighbour announces itself", asks("192.168.1.100", "192.168.1.100"),
                      Reason::host_arp),
              arp_row("a reply to an own address", replies("192.168.1.100", "192.168.1.3"),
                      Reason::host_arp),
              arp_row("a reply to a shared one, for which the kernel asked",
                      replies("192.168.1.100", "192.168.1.50", kClientMac, virtual_mac(1)),
                      Reason::host_arp),
              arp_row("the MASTER's reply to our kernel",
                      replies("192.168.1.51", "192.168.1.3", virtual_mac(2)), Reason::host_arp),
              arp_row("the MASTER's kernel asks in the shared address's name",
                      asks("192.168.1.51", "192.168.1.3", virtual_mac(2)), Reason::host_arp)});
}

// Conflict rules as without a host (D17, D18).
TEST(HostArp, ClaimsOfSharedAddressesAreNeverTheKernels) {
  check_rows(
      host_scene(),
      {arp_row("gratuitous, held", asks("192.168.1.50", "192.168.1.50"), Reason::arp_conflict),
       arp_row("gratuitous reply, held", replies("192.168.1.50", "192.168.1.50"),
               Reason::arp_conflict),
       arp_row("a stranger's reply, held", replies("192.168.1.50", "192.168.1.3"),
               Reason::arp_conflict),
       arp_row("a stranger asks in its name, held", asks("192.168.1.50", "192.168.1.3"),
               Reason::arp_conflict),
       arp_row("gratuitous, BACKUP", asks("192.168.1.51", "192.168.1.51"), Reason::not_master),
       arp_row("gratuitous reply, BACKUP", replies("192.168.1.51", "192.168.1.51"),
               Reason::arp_not_request),
       arp_row("a peer's gratuitous ARP", asks("192.168.1.51", "192.168.1.51", virtual_mac(2)),
               Reason::arp_from_virtual),
       arp_row("a peer's gratuitous reply",
               replies("192.168.1.51", "192.168.1.51", virtual_mac(2), net::kBroadcastMac),
               Reason::arp_from_virtual)});
}

TEST(HostArp, BadArpAndThatOfOtherHostsIsDroppedAsWithoutAHost) {
  auto malformed = arp_frame(asks("192.168.1.100", "192.168.1.3"));
  malformed[15] = 6;
  auto elsewhere = asks("192.168.1.100", "192.168.1.3");
  elsewhere.destination = kOtherMac;
  check_rows(
      host_scene(),
      {{"IEEE 802", malformed, Reason::arp_malformed},
       arp_row("group sender (C122)", asks("192.168.1.100", "192.168.1.3", net::kCarpGroupMac),
               Reason::arp_bad_sender),
       arp_row("our own, come back (C121)", asks("192.168.1.3", "192.168.1.99", kPortMac),
               Reason::arp_own_frame),
       arp_row("a request to another host", elsewhere, Reason::arp_other_target),
       arp_row("a reply to another host",
               replies("192.168.1.100", "192.168.1.99", kClientMac, kOtherMac),
               Reason::arp_not_request),
       arp_row("a reply to a BACKUP's MAC",
               replies("192.168.1.100", "192.168.1.51", kClientMac, virtual_mac(2)),
               Reason::arp_not_request)});
}

}  // namespace
}  // namespace carp::dataplane
