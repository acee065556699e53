// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/demotion.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace carp::proto {
namespace {

constexpr std::string_view kOperator = "operator";
// No amount is larger, so that sums stay far from overflow; none is negative, since a cause of
// demotion must not make up for another.
constexpr int kAmountMax = 1'000'000;

// The cause with this name and subject in `causes`, or their end.
[[nodiscard]] auto find_cause(auto& causes, std::string_view name, std::string_view subject) {
  return std::ranges::find_if(causes, [&](const Demotion::Cause& cause) {
    return cause.name == name && cause.subject == subject;
  });
}

}  // namespace

bool Demotion::raise(std::string_view name, std::string_view subject, int amount, TimePoint now) {
  amount = std::clamp(amount, 0, kAmountMax);
  const auto cause = find_cause(causes_, name, subject);
  if (cause == causes_.end()) {
    causes_.push_back({std::string(name), std::string(subject), amount, now});
    return amount != 0;
  }
  return std::exchange(cause->amount, amount) != amount;
}

bool Demotion::clear(std::string_view name, std::string_view subject) {
  const auto cause = find_cause(causes_, name, subject);
  if (cause == causes_.end()) return false;
  const bool changed = cause->amount != 0;
  causes_.erase(cause);
  return changed;
}

bool Demotion::clear_subject(std::string_view subject) {
  const int before = total();
  std::erase_if(causes_, [subject](const Cause& cause) { return cause.subject == subject; });
  return total() != before;
}

bool Demotion::adjust_operator(int amount, TimePoint now) {
  const auto cause = find_cause(causes_, kOperator, {});
  const int64_t before = cause == causes_.end() ? 0 : cause->amount;
  const int64_t after = std::clamp<int64_t>(before + amount, 0, kAmountMax);
  if (after == 0) return clear(kOperator, {});
  return raise(kOperator, {}, static_cast<int>(after), now);
}

int Demotion::total() const noexcept {
  int64_t sum = 0;
  for (const Cause& cause : causes_) sum += cause.amount;
  return static_cast<int>(std::min<int64_t>(sum, std::numeric_limits<int>::max()));
}

uint8_t Demotion::wire_byte() const noexcept {
  return static_cast<uint8_t>(std::min(total(), 255));
}

}  // namespace carp::proto
