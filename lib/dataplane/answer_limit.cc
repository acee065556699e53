// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/answer_limit.h"

#include <algorithm>
#include <cassert>
#include <tuple>

#include "lib/dataplane/classify.h"
#include "lib/net/arp.h"

namespace carp::dataplane {

AnswerLimit::AnswerLimit(uint32_t answers_a_second)
    : answers_a_second_(answers_a_second),
      lines_(answers_a_second == 0 ? 0 : size_t{1} << kLineBits) {}

bool AnswerLimit::admit(net::Ipv4Address client, uint32_t second) noexcept {
  assert(is_on());
  Line& line = lines_[(client.value * 0x9e3779b1) >> (32 - kLineBits)];
  Share& share = place_for(line, client, second);
  if (share.client != client || share.second != second) share = {client, second, 0, 0};
  if (share.count >= answers_a_second_) return false;
  ++share.count;
  return true;
}

// The client's own, or else that of who has been silent, or else of who got least: a client that
// has had its share keeps its place, or it would begin anew.
AnswerLimit::Share& AnswerLimit::place_for(Line& line, net::Ipv4Address client,
                                           uint32_t second) noexcept {
  const auto rank = [&](const Share& share) {
    const bool own = share.count != 0 && share.client == client;
    return std::tuple(!own, share.second == second, share.count);
  };
  return *std::ranges::min_element(line.shares, {}, rank);
}

net::Ipv4Address client_of(net::Bytes frame, Reason reason) noexcept {
  const size_t payload = read_link(frame).payload;
  if (reason == Reason::arp_answered)
    return {net::view_at<net::ArpPacket>(frame, payload)->target_ip.get()};
  return {net::view_at<net::Ipv4Header>(frame, payload)->destination.get()};
}

}  // namespace carp::dataplane
