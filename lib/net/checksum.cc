// SPDX-License-Identifier: BSD-3-Clause
#include "lib/net/checksum.h"

#include <cstring>

namespace carp::net {
namespace {

[[nodiscard]] uint16_t fold(uint64_t sum) noexcept {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(sum);
}

[[nodiscard]] Be16 from_raw(uint16_t raw) noexcept { return std::bit_cast<Be16>(raw); }

}  // namespace

// The sum is taken in the host's byte order: a ones' complement sum only swaps with its words.
Be16 internet_checksum(ConstBytes bytes) noexcept {
  uint64_t sum = 0;
  while (bytes.size() >= 4) {
    uint32_t word;
    std::memcpy(&word, bytes.data(), 4);
    sum += word;
    bytes = bytes.subspan(4);
  }
  uint32_t rest = 0;
  if (!bytes.empty()) std::memcpy(&rest, bytes.data(), bytes.size());
  return from_raw(static_cast<uint16_t>(~fold(sum + rest)));
}

Be16 update_checksum(Be16 checksum, Be16 before, Be16 after) noexcept {
  const uint64_t sum = static_cast<uint16_t>(~checksum.raw()) +
                       uint64_t{static_cast<uint16_t>(~before.raw())} + after.raw();
  return from_raw(static_cast<uint16_t>(~fold(sum)));
}

}  // namespace carp::net
