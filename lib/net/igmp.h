// SPDX-License-Identifier: BSD-3-Clause
//
// IGMP messages (RFC 1112, 2236, 3376), as far as a member of one group meets them. Any thread.
#pragma once

#include "lib/net/address.h"

namespace carp::net {

inline constexpr uint8_t kIgmpQuery = 0x11;
inline constexpr uint8_t kIgmpReportV1 = 0x12;
inline constexpr uint8_t kIgmpReportV2 = 0x16;
inline constexpr uint8_t kIgmpLeaveV2 = 0x17;
inline constexpr uint8_t kIgmpReportV3 = 0x22;

// Queries of all versions start with it; reports of the first two and a leave are nothing else.
struct IgmpMessage {
  uint8_t type = 0;
  uint8_t code = 0;  // of a query: how long answers may take, in tenths of a second
  Be16 checksum;
  Be32 group;
};
static_assert(sizeof(IgmpMessage) == 8);

// What a query of version 3 goes on with; the sources asked for follow.
struct IgmpQueryV3 {
  IgmpMessage start;
  uint8_t robustness = 0;
  uint8_t interval = 0;
  Be16 source_count;
};
static_assert(sizeof(IgmpQueryV3) == 12);

// A report of version 3 about one group, with no sources listed.
struct IgmpReport {
  uint8_t type = kIgmpReportV3;
  uint8_t reserved = 0;
  Be16 checksum;
  Be16 reserved_too;
  Be16 record_count = Be16(1);
  uint8_t record_type = 0;
  uint8_t auxiliary_words = 0;
  Be16 source_count;
  Be32 group;
};
static_assert(sizeof(IgmpReport) == 16);

// Excluding no source is to be a member, including none is not to be one.
inline constexpr uint8_t kIgmpIsExclude = 2;
inline constexpr uint8_t kIgmpToInclude = 3;
inline constexpr uint8_t kIgmpToExclude = 4;

// Where reports of version 3 go.
inline constexpr Ipv4Address kIgmpReportGroup{0xe0000016};  // 224.0.0.22

// The IP option that makes routers look at a datagram that is not for them (RFC 2113).
struct RouterAlert {
  uint8_t type = 0x94;
  uint8_t length = 4;
  Be16 value;
};
static_assert(sizeof(RouterAlert) == 4);

}  // namespace carp::net
