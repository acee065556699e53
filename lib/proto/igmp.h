// SPDX-License-Identifier: BSD-3-Clause
//
// IGMP on the wire, for a host that is a member of one group, 224.0.0.18 (I6.5): which queries ask
// it, and what it answers. Pure; any thread.
#pragma once

#include <cstdint>

#include "lib/net/build.h"
#include "lib/net/result.h"
#include "lib/proto/time.h"

namespace carp::proto {

enum class IgmpVersion : uint8_t { v1 = 1, v2 = 2, v3 = 3 };

// A query that a member of the CARP group answers.
struct Query {
  IgmpVersion version = IgmpVersion::v3;
  bool is_general = true;   // else about the group alone
  Duration max_response{};  // the answer comes within this time
};

// Why a member does not answer.
enum class NoQuery : uint8_t {
  malformed,      // too short, of a length that no version has, or with a wrong checksum
  not_our_group,  // a report or leave, or a query about another group
};

// The query in an IPv4 frame, with or without a VLAN tag. Requires: the IP header is sound (C93).
[[nodiscard]] net::Result<Query, NoQuery> parse_query(net::ConstBytes frame) noexcept;

// What there is to say about a membership.
enum class Word : uint8_t {
  joined,  // a change
  member,  // the answer to a query
  left,    // a change
};

struct ReportRoute {
  net::MacAddress ethernet_source;
  uint16_t vlan = net::kUntagged;
  net::Ipv4Address source;
};

// The whole frame that says `word` to routers of this version. Requires: not `left` in version 1,
// which has no word for it.
[[nodiscard]] net::Frame build_report(Word word, IgmpVersion version, const ReportRoute& route);

}  // namespace carp::proto
