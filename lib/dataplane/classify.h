// SPDX-License-Identifier: BSD-3-Clause
//
// The outer headers of a frame, found and checked: views into its bytes, no copies. Pure; any
// thread, per frame.
#pragma once

#include "lib/dataplane/reason.h"
#include "lib/net/bytes.h"
#include "lib/net/ethernet.h"
#include "lib/net/ipv4.h"
#include "lib/net/result.h"

namespace carp::dataplane {

inline constexpr size_t kUntaggedPayload = sizeof(net::EthernetHeader);
inline constexpr size_t kTaggedPayload = kUntaggedPayload + sizeof(net::VlanTag);

// The Ethernet header and what its tag, if it has one, says.
struct Link {
  net::EthernetHeader* ethernet = nullptr;  // null: the frame ends before its headers do
  uint16_t vlan = net::kUntagged;
  uint16_t ether_type = 0;  // of the payload
  size_t payload = 0;       // its offset in the frame
};

// One 802.1Q tag is taken; a second one stays and is an unknown ether type. A tag with VLAN id 0
// carries a priority only, so its frame counts as untagged.
[[nodiscard]] inline Link read_link(net::Bytes frame) noexcept {
  auto* ethernet = net::view_at<net::EthernetHeader>(frame, 0);
  if (ethernet == nullptr) [[unlikely]]
    return {};
  const uint16_t ether_type = ethernet->ether_type.get();
  if (ether_type != net::kEtherTypeVlan) {
    return {ethernet, net::kUntagged, ether_type, kUntaggedPayload};
  }
  const auto* tag = net::view_at<net::VlanTag>(frame, sizeof *ethernet);
  if (tag == nullptr) return {};
  return {ethernet, tag->id(), tag->ether_type.get(), kTaggedPayload};
}

// An IPv4 datagram whose header is sound and whose total length lies in the frame.
struct Datagram {
  net::Ipv4Header* header;
  net::Bytes payload;  // up to the total length: padding behind it is not part of it (C93)
  bool has_options;
};

// The datagram that starts at `offset`, or why it is none: the checks of a BSD's ip_input, in
// its order (C93).
[[nodiscard]] net::Result<Datagram, Reason> read_datagram(net::Bytes frame, size_t offset) noexcept;

}  // namespace carp::dataplane
