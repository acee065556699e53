// SPDX-License-Identifier: BSD-3-Clause
//
// Views on frame bytes. `view_at` is the one way by which a header is read or written in place:
// it checks the length first and answers null where the frame is too short. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace carp::net {

using Bytes = std::span<uint8_t>;
using ConstBytes = std::span<const uint8_t>;

// The header of type T at `offset`, or null where the bytes end before it does.
template <typename T>
[[nodiscard]] T* view_at(Bytes bytes, size_t offset) noexcept {
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) == 1);
  if (bytes.size() < sizeof(T) || offset > bytes.size() - sizeof(T)) return nullptr;
  T* const view = reinterpret_cast<T*>(bytes.data() + offset);
  if (view == nullptr) __builtin_unreachable();  // or each caller would look twice
  return view;
}

template <typename T>
[[nodiscard]] const T* view_at(ConstBytes bytes, size_t offset) noexcept {
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) == 1);
  if (bytes.size() < sizeof(T) || offset > bytes.size() - sizeof(T)) return nullptr;
  return reinterpret_cast<const T*>(bytes.data() + offset);
}

// The bytes of a header struct.
template <typename T>
[[nodiscard]] ConstBytes bytes_of(const T& header) noexcept {
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) == 1);
  return {reinterpret_cast<const uint8_t*>(&header), sizeof(T)};
}

// "0a1b" from bytes, lower case, and back. An odd length or a character that is no hex digit
// gives nothing.
[[nodiscard]] std::string to_hex(ConstBytes bytes);
[[nodiscard]] std::optional<std::vector<uint8_t>> from_hex(std::string_view text);

}  // namespace carp::net
