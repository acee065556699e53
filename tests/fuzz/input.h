// SPDX-License-Identifier: BSD-3-Clause
//
// The bytes of one run, taken from the front. What is asked for beyond the end is zero, so that
// every input means something and a longer one goes on where a shorter one stopped.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "lib/net/bytes.h"

namespace carp::fuzz {

class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(data, size) {}

  [[nodiscard]] bool is_empty() const noexcept { return rest_.empty(); }

  [[nodiscard]] uint8_t take_byte() {
    const net::ConstBytes one = take(1);
    return one.empty() ? uint8_t{0} : one[0];
  }
  // Most significant byte first.
  [[nodiscard]] uint32_t take_number(int byte_count) {
    uint32_t number = 0;
    for (int i = 0; i < byte_count; ++i) number = number << 8 | take_byte();
    return number;
  }
  // At most `size` bytes.
  [[nodiscard]] net::ConstBytes take(size_t size) {
    const net::ConstBytes taken = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  [[nodiscard]] net::ConstBytes take_rest() { return take(rest_.size()); }

 private:
  net::ConstBytes rest_;
};

[[nodiscard]] inline std::string_view text_of(net::ConstBytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace carp::fuzz
