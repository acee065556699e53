// SPDX-License-Identifier: BSD-3-Clause
//
// A value or the reason why there is none: C++20 has no std::expected. Every function that can
// fail while the program runs returns one; nothing on the running paths throws. Any thread.
#pragma once

#include <cassert>
#include <utility>
#include <variant>

namespace carp::net {

template <typename Value, typename Error>
class [[nodiscard]] Result {
 public:
  Result(Value value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  // Requires: ok().
  [[nodiscard]] const Value& value() const noexcept {
    assert(ok());
    return *std::get_if<0>(&content_);
  }
  [[nodiscard]] Value& value() noexcept {
    assert(ok());
    return *std::get_if<0>(&content_);
  }

  // Requires: !ok().
  [[nodiscard]] const Error& error() const noexcept {
    assert(!ok());
    return *std::get_if<1>(&content_);
  }

 private:
  std::variant<Value, Error> content_;
};

}  // namespace carp::net
