// SPDX-License-Identifier: BSD-3-Clause
//
// Who may act as MASTER: table and lease must both say so, each by itself silences a worker (D4,
// D22), and it is the slot concerned that they are asked about.
#include "lib/dataplane/mastership.h"

#include <gtest/gtest.h>

#include "tests/dataplane/scene.h"

namespace carp::dataplane {
namespace {

using support::ip;

// A host that leaves MASTER hands out a table and ends its lease, a new MASTER the reverse; a
// worker may see one of the two first.
TEST(Mastership, NeedsTheTableAndTheLease) {
  LeaseBoard leases;
  const ForwardTable table(1, leases, {});
  leases.set(1, kNow + 1);
  leases.set(2, kNow);
  struct Row {
    bool master;
    uint16_t lease;
    bool held;
    Reason silence;
  };
  for (const Row& row :
       {Row{true, 1, true, {}}, Row{true, 2, false, Reason::lease_lapsed},
        Row{false, 1, false, Reason::not_master}, Row{false, 2, false, Reason::not_master}}) {
    const Slot slot{.lease = row.lease, .vhid = 1, .master = row.master};
    const Mastership mastership = mastership_of(slot, table, kNow);
    EXPECT_EQ(mastership.held, row.held);
    if (!row.held) {
      EXPECT_EQ(info_of(mastership.silence).name, info_of(row.silence).name);
    }
  }
}

// An own address has no master (C119): its lease never lapses.
TEST(Mastership, OfAnOwnAddressNeverEnds) {
  LeaseBoard leases;
  const ForwardTable table(1, leases, {});
  const Slot own{.lease = kOwnLease, .master = true};
  for (const Ticks now : {Ticks{0}, kNow, ~Ticks{0} - 1})
    EXPECT_TRUE(mastership_of(own, table, now).held);
}

// D18: with balancing the one that would answer the stranger says whose the address is. The
// stranger uses 192.168.1.11, an odd address: slot 1 of 2 is concerned.
TEST(Mastership, AConflictConcernsTheSlotOfTheStranger) {
  struct Row {
    Standing slot_0, slot_1;
    Reason reason;
  };
  for (const Row& row : {Row{Standing::backup, Standing::master, Reason::arp_conflict},
                         Row{Standing::master, Standing::backup, Reason::arp_not_request},
                         Row{Standing::master, Standing::lapsed, Reason::arp_not_request}}) {
    const Scene scene({.interfaces = {{0, net::kUntagged, kPortMac}},
                       .addresses = {{0, ip("192.168.1.11"), {{4, row.slot_0}, {5, row.slot_1}}}}});
    const auto claim = support::arp_frame({.operation = net::kArpReply,
                                           .sender_mac = kClientMac,
                                           .sender_ip = ip("192.168.1.11"),
                                           .target_ip = ip("192.168.1.11")});
    EXPECT_EQ(info_of(run(scene, claim).reason).name, info_of(row.reason).name);
  }
}

}  // namespace
}  // namespace carp::dataplane
