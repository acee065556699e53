// SPDX-License-Identifier: BSD-3-Clause
//
// An advertisement as it stands on the wire, and as a value. Parsing stops before what needs a
// virtual host's key: finding that host, its version and digest (C92 steps 8 to 10) is the
// engine's part. Pure; control only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "lib/net/build.h"
#include "lib/net/bytes.h"
#include "lib/net/result.h"
#include "lib/proto/interval.h"

namespace carp::proto {

using Digest = std::array<uint8_t, 20>;

// C10.
struct CarpHeader {
  uint8_t version_type = 0x21;
  uint8_t vhid = 0;
  uint8_t advskew = 0;
  uint8_t authlen = 7;
  uint8_t demotion = 0;
  uint8_t advbase = 0;
  net::Be16 checksum;
  net::Be64 counter;
  Digest digest{};
};
static_assert(sizeof(CarpHeader) == 36);

struct Advert {
  net::Ipv4Address source;
  uint8_t version = 2;
  uint8_t type = 1;
  uint8_t vhid = 0;
  uint8_t authlen = 7;
  uint8_t demotion = 0;  // byte 4: OpenBSD's demotion counter (C15)
  Pace pace;             // effective advskew
  uint64_t counter = 0;
  Digest digest{};
};

// Why an advertisement is refused: the counters of C104 and two of our own (D11).
enum class Refusal : uint8_t {
  bad_ttl,      // C94
  bad_length,   // C95; also authlen (D15)
  bad_sum,      // C96
  bad_vhid,     // C97
  bad_version,  // C98; also type (D15)
  bad_auth,     // C99
  replay,       // D11
  loop,         // D11 rule 6
};

// A frame that dataplane::process punted as an advertisement, up to the CARP checksum (C92 steps
// 4 to 7), with or without a VLAN tag. Requires: process() validated the IP header (C93); a frame
// too short even for that is refused as bad_length.
[[nodiscard]] net::Result<Advert, Refusal> parse_advert(net::ConstBytes frame);

// The source address of a frame that may have been refused; for `show peers`.
[[nodiscard]] net::Ipv4Address source_of(net::ConstBytes frame);
// The vhid it claims, where it is long enough to claim one.
[[nodiscard]] std::optional<uint8_t> claimed_vhid(net::ConstBytes frame);
// The pace it claims; 0/0 where it is too short.
[[nodiscard]] Pace claimed_pace(net::ConstBytes frame);

struct AdvertRoute {
  net::MacAddress ethernet_source;  // the virtual MAC (C3), or the port's (D11 rule 1)
  uint16_t vlan = net::kUntagged;
  net::Ipv4Address source;         // C7
  uint16_t ip_identification = 0;  // any (C6)
};

// The whole frame (C1, C2, C6, C10, C24) for an advertisement that has its digest.
[[nodiscard]] net::Frame build_advert(const Advert& advert, const AdvertRoute& route);

}  // namespace carp::proto
