// SPDX-License-Identifier: BSD-3-Clause
//
// IGMP (I6.5): queries for control, and what is dropped. Rows in the standard scene (scene.h).
#include "lib/net/igmp.h"

#include <gtest/gtest.h>

#include "lib/proto/igmp.h"
#include "tests/dataplane/scene.h"

namespace carp::dataplane {
namespace {

using support::igmp_message;
using support::ip;
using support::ipv4_frame;
using support::Ipv4Spec;
using support::mac;
using support::query_frame;

TEST(Igmp, QueriesForTheGroupGoToControl) {
  check_rows(standard_scene(),
             {{"general, version 3", query_frame({}), Reason::igmp_query},
              {"general, version 2", query_frame({.size = 8}), Reason::igmp_query},
              {"general, version 1", query_frame({.code = 0, .size = 8}), Reason::igmp_query},
              {"about the group", query_frame({.group = net::kCarpGroup}), Reason::igmp_query},
              {"about one of its sources", query_frame({.group = net::kCarpGroup, .size = 16}),
               Reason::igmp_query},
              {"in a VLAN of ours", query_frame({.vlan = 100}), Reason::igmp_query},
              {"padded", support::padded(query_frame({.size = 8})), Reason::igmp_query},
              {"in another VLAN", query_frame({.vlan = 7}), Reason::unknown_vlan}});
}

TEST(Igmp, EverythingElseIsDroppedByName) {
  const auto frame = [](const Ipv4Spec& spec, const net::Frame& message) {
    Ipv4Spec whole = spec;
    whole.source_mac = kClientMac;
    whole.source = ip("192.168.1.100");
    whole.protocol = net::kProtocolIgmp;
    return ipv4_frame(whole, message);
  };
  const Ipv4Spec to_group{.destination_mac = net::kCarpGroupMac, .destination = net::kCarpGroup};
  const Ipv4Spec to_us{.destination_mac = kPortMac, .destination = ip("192.168.1.3")};
  const Ipv4Spec to_other{.destination_mac = mac("02:00:00:00:00:99"),
                          .destination = ip("192.168.1.3")};
  Ipv4Spec piece = to_group;
  piece.fragment = 0x2000;
  const net::Frame about_group = igmp_message(net::kIgmpQuery, 10, net::kCarpGroup);
  net::Frame damaged = about_group;
  damaged[2] ^= 1;
  check_rows(
      standard_scene(),
      {{"a query by unicast", frame(to_us, about_group), Reason::igmp_query},
       {"to another host", frame(to_other, about_group), Reason::other_host},
       {"in pieces", frame(piece, about_group), Reason::ip_fragment},
       {"with a wrong checksum", frame(to_group, damaged), Reason::igmp_malformed},
       {"of seven bytes", frame(to_group, net::Frame(7)), Reason::igmp_malformed},
       {"about another group", query_frame({.group = ip("224.0.0.251")}), Reason::igmp_other},
       {"a report", frame(to_group, igmp_message(net::kIgmpReportV2, 0, net::kCarpGroup)),
        Reason::igmp_other},
       {"a leave", frame(to_group, igmp_message(net::kIgmpLeaveV2, 0, net::kCarpGroup)),
        Reason::igmp_other}});
}

// A switch or a loop that sends our reports back asks nothing.
TEST(Igmp, OurOwnReportsAreNoQueries) {
  for (const auto version :
       {proto::IgmpVersion::v1, proto::IgmpVersion::v2, proto::IgmpVersion::v3}) {
    const net::Frame report =
        proto::build_report(proto::Word::member, version, {kPortMac, 100, ip("10.0.0.3")});
    check_rows(standard_scene(), {{"report", report, Reason::igmp_other}});
  }
}

}  // namespace
}  // namespace carp::dataplane
