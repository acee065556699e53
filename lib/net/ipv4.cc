// SPDX-License-Identifier: BSD-3-Clause
#include "lib/net/ipv4.h"

#include "lib/net/ethernet.h"

namespace carp::net {

ConstBytes datagram_of(ConstBytes frame) noexcept {
  const auto* ethernet = view_at<EthernetHeader>(frame, 0);
  if (ethernet == nullptr) return {};
  size_t offset = sizeof(EthernetHeader);
  uint16_t type = ethernet->ether_type.get();
  if (type == kEtherTypeVlan) {
    const auto* tag = view_at<VlanTag>(frame, offset);
    if (tag == nullptr) return {};
    offset += sizeof(VlanTag);
    type = tag->ether_type.get();
  }
  return type == kEtherTypeIpv4 ? frame.subspan(offset) : ConstBytes{};
}

std::optional<ConstBytes> payload_of(ConstBytes datagram) noexcept {
  const auto* ip = view_at<Ipv4Header>(datagram, 0);
  if (ip == nullptr) return std::nullopt;
  const size_t header_length = ip->header_length();
  const size_t total_length = ip->total_length.get();
  if (header_length < sizeof *ip || total_length < header_length) return std::nullopt;
  if (total_length > datagram.size()) return std::nullopt;
  return datagram.subspan(header_length, total_length - header_length);
}

}  // namespace carp::net
