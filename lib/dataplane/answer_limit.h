// SPDX-License-Identifier: BSD-3-Clause
//
// How many answers a second each client gets (arp_limit, echo_limit, I2.11). Off unless configured,
// for to answer costs less than to count; then no memory is taken and nobody asks. One worker's;
// bounded, so that invented clients cost nothing but each other's places. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "lib/dataplane/reason.h"
#include "lib/net/address.h"
#include "lib/net/bytes.h"

namespace carp::dataplane {

class AnswerLimit {
 public:
  // 0: no limit.
  explicit AnswerLimit(uint32_t answers_a_second);

  [[nodiscard]] bool is_on() const noexcept { return answers_a_second_ != 0; }
  // Counts one more answer to `client` in this second; false where it has had all it gets.
  // `second`: any number that grows by one each second. Requires: is_on().
  [[nodiscard]] bool admit(net::Ipv4Address client, uint32_t second) noexcept;

  [[nodiscard]] size_t memory_bytes() const noexcept { return lines_.size() * sizeof(Line); }

 private:
  struct Share {
    net::Ipv4Address client;
    uint32_t second = 0;
    uint32_t count = 0;  // of answers in that second; 0: a free place
    uint32_t unused = 0;
  };
  static constexpr unsigned kLineBits = 10;
  struct alignas(64) Line {
    std::array<Share, 4> shares;
  };
  static_assert(sizeof(Line) == 64);

  [[nodiscard]] static Share& place_for(Line& line, net::Ipv4Address client,
                                        uint32_t second) noexcept;

  uint32_t answers_a_second_;
  std::vector<Line> lines_;  // by a hash of the client
};

// Whom an answer of ours goes to. Requires: process() made `frame` and gave `reason`, whose verdict
// is transmit.
[[nodiscard]] net::Ipv4Address client_of(net::Bytes frame, Reason reason) noexcept;

}  // namespace carp::dataplane
