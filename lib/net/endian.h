// SPDX-License-Identifier: BSD-3-Clause
//
// Integers as they stand on the wire: most significant byte first, no alignment. Header structs
// are made of these, so a host-order number cannot be stored into a frame by mistake. Any thread.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace carp::net {

template <typename Host>
class BigEndian {
 public:
  constexpr BigEndian() noexcept = default;
  constexpr BigEndian(Host host) noexcept { set(host); }

  // The value in host order.
  [[nodiscard]] constexpr Host get() const noexcept {
    return swap_if_little(std::bit_cast<Host>(bytes_));
  }
  constexpr void set(Host host) noexcept {
    bytes_ = std::bit_cast<std::array<uint8_t, sizeof(Host)>>(swap_if_little(host));
  }
  // The wire bytes as the host's CPU reads them: for equality and for ones' complement sums.
  [[nodiscard]] constexpr Host raw() const noexcept { return std::bit_cast<Host>(bytes_); }

  [[nodiscard]] friend constexpr bool operator==(const BigEndian&,
                                                 const BigEndian&) noexcept = default;

 private:
  [[nodiscard]] static constexpr Host swap_if_little(Host value) noexcept {
    if constexpr (std::endian::native == std::endian::big) return value;
    if constexpr (sizeof(Host) == 2) return __builtin_bswap16(value);
    if constexpr (sizeof(Host) == 4) return __builtin_bswap32(value);
    if constexpr (sizeof(Host) == 8) return __builtin_bswap64(value);
  }

  std::array<uint8_t, sizeof(Host)> bytes_{};
};

using Be16 = BigEndian<uint16_t>;
using Be32 = BigEndian<uint32_t>;
using Be64 = BigEndian<uint64_t>;

static_assert(sizeof(Be16) == 2 && alignof(Be16) == 1);
static_assert(sizeof(Be32) == 4 && alignof(Be32) == 1);
static_assert(sizeof(Be64) == 8 && alignof(Be64) == 1);

}  // namespace carp::net
