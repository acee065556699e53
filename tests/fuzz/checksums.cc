// SPDX-License-Identifier: BSD-3-Clause
#include "tests/fuzz/checksums.h"

#include <algorithm>

namespace carp::fuzz {
namespace {

constexpr size_t kIpv4ChecksumAt = 10;
constexpr size_t kProtocolAt = 9;
constexpr uint8_t kIcmp = 1;
constexpr uint8_t kIgmp = 2;
constexpr size_t kIcmpChecksumAt = 2;  // in IGMP too
constexpr uint8_t kCarp = 112;
constexpr size_t kCarpChecksumAt = 6;
constexpr size_t kCarpBytes = 36;

[[nodiscard]] size_t number_at(net::ConstBytes bytes, size_t offset) {
  return static_cast<size_t>(bytes[offset]) * 256 + bytes[offset + 1];
}

// The offset of what follows the Ethernet header and its tag.
[[nodiscard]] size_t payload_of(net::ConstBytes frame) {
  return frame.size() >= 14 && number_at(frame, 12) == 0x8100 ? 18 : 14;
}

[[nodiscard]] uint32_t sum_of(net::ConstBytes bytes) {
  uint32_t sum = 0;
  for (size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? bytes[i] * 256u : bytes[i];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

}  // namespace

bool is_ipv4(net::ConstBytes frame) {
  const size_t header = payload_of(frame);
  return frame.size() >= header && number_at(frame, header - 2) == 0x0800;
}

Ipv4Place find_ipv4(net::ConstBytes frame) {
  const size_t header = payload_of(frame);
  if (!is_ipv4(frame) || frame.size() < header + 20) return {};
  const size_t header_size = (frame[header] & 15) * size_t{4};
  const size_t total = number_at(frame, header + 2);
  if (header_size < 20 || total < header_size || header + total > frame.size()) return {};
  return {header, header + header_size, header + total};
}

bool sums_up(net::ConstBytes bytes) { return sum_of(bytes) == 0xffff; }

void mend_checksum(net::Bytes bytes, size_t offset) {
  bytes[offset] = bytes[offset + 1] = 0;
  const uint32_t sum = ~sum_of(bytes);
  bytes[offset] = static_cast<uint8_t>(sum >> 8);
  bytes[offset + 1] = static_cast<uint8_t>(sum);
}

void mend_ipv4_checksum(net::Bytes frame) {
  const Ipv4Place place = find_ipv4(frame);
  if (place.header == 0) return;
  mend_checksum(frame.subspan(place.header, place.payload - place.header), kIpv4ChecksumAt);
}

void mend_message_checksum(net::Bytes frame) {
  const Ipv4Place place = find_ipv4(frame);
  if (place.header == 0) return;
  net::Bytes message = frame.subspan(place.payload, place.end - place.payload);
  const uint8_t protocol = frame[place.header + kProtocolAt];
  if ((protocol == kIcmp || protocol == kIgmp) && message.size() >= kIcmpChecksumAt + 2) {
    mend_checksum(message, kIcmpChecksumAt);
  } else if (protocol == kCarp && message.size() >= kCarpBytes) {
    mend_checksum(message.first(kCarpBytes), kCarpChecksumAt);
  }
}

}  // namespace carp::fuzz
