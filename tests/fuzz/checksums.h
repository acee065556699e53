// SPDX-License-Identifier: BSD-3-Clause
//
// Checksums a second time, by bytes and with C++'s plainest means: to make those of an input right,
// so that its damage gets past them, and to judge those of an answer.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/net/bytes.h"

namespace carp::fuzz {

// Does the frame say that it holds IPv4, behind at most one tag?
[[nodiscard]] bool is_ipv4(net::ConstBytes frame);

// Where the IPv4 datagram of a frame lies, and what its own lengths say. A frame that holds none,
// or one whose lengths do not fit it, has no `header`.
struct Ipv4Place {
  size_t header = 0;   // offset in the frame; 0: there is none
  size_t payload = 0;  // offset in the frame
  size_t end = 0;      // offset of the first byte behind the datagram
};

[[nodiscard]] Ipv4Place find_ipv4(net::ConstBytes frame);

// Is the checksum that lies in these bytes right?
[[nodiscard]] bool sums_up(net::ConstBytes bytes);

// Makes the checksum at `offset` right. Requires: offset + 2 <= bytes.size().
void mend_checksum(net::Bytes bytes, size_t offset);
// That of the IPv4 header, where there is one.
void mend_ipv4_checksum(net::Bytes frame);
// That of an ICMP or CARP message, where there is one.
void mend_message_checksum(net::Bytes frame);

}  // namespace carp::fuzz
