// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/classify.h"

#include "lib/net/checksum.h"

namespace carp::dataplane {

net::Result<Datagram, Reason> read_datagram(net::Bytes frame, size_t offset) noexcept {
  auto* header = net::view_at<net::Ipv4Header>(frame, offset);
  if (header == nullptr) return Reason::too_short;
  const net::Bytes bytes = frame.subspan(offset);
  const size_t header_length = header->header_length();
  if (header->version() != 4) return Reason::ip_malformed;
  if (header_length < sizeof *header || header_length > bytes.size()) return Reason::ip_malformed;
  if (net::internet_checksum(bytes.first(header_length)) != 0) return Reason::ip_checksum;
  const size_t total_length = header->total_length.get();
  if (total_length < header_length || total_length > bytes.size()) return Reason::ip_malformed;
  return Datagram{header, bytes.subspan(header_length, total_length - header_length),
                  header_length > sizeof *header};
}

}  // namespace carp::dataplane
