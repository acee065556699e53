// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/login.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>

#include "lib/control/line_reader.h"

namespace carp::control {
namespace {

// As long as any line, so that neither length shows in the time.
using Field = std::array<char, kLineBytesMax + 1>;

[[nodiscard]] Field field_of(std::string_view text) {
  Field field{};
  const size_t size = std::min(text.size(), field.size());
  std::copy_n(text.begin(), size, field.begin());
  return field;
}

}  // namespace

Login::Login(std::string password) : password_(std::move(password)) {}

Login::~Login() { OPENSSL_cleanse(password_.data(), password_.size()); }

bool Login::is_right(std::string_view answer) {
  Field given = field_of(answer);
  Field wanted = field_of(password_);
  const bool same = CRYPTO_memcmp(given.data(), wanted.data(), given.size()) == 0;
  const bool right = same && answer.size() == password_.size();  // else zeros at its end
  OPENSSL_cleanse(given.data(), given.size());
  OPENSSL_cleanse(wanted.data(), wanted.size());
  wrong_in_a_row_ = right ? 0 : std::min(wrong_in_a_row_ + 1, 16U);
  return right;
}

std::chrono::seconds Login::delay() const noexcept {
  if (wrong_in_a_row_ == 0) return {};
  return std::min(kLoginDelayMax, std::chrono::seconds(1U << (wrong_in_a_row_ - 1)));
}

}  // namespace carp::control
