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

}  // namespace

bool Demotion::raise(std::string_view name, std::string_view subject, int amount, TimePoint now) {
  amount = std::clamp(amount, 0, kAmountMax);
  const auto [place, is_new] = causes_.try_emplace({std::string(subject), std::string(name)});
  if (is_new) place->second = {{std::string(name), std::string(subject), 0, now}, ++come_};
  const int before = std::exchange(place->second.cause.amount, amount);
  sum_ += amount - before;
  return amount != before;
}

bool Demotion::clear(std::string_view name, std::string_view subject) {
  const auto place = causes_.find({std::string(subject), std::string(name)});
  if (place == causes_.end()) return false;
  const int amount = place->second.cause.amount;
  causes_.erase(place);
  sum_ -= amount;
  return amount != 0;
}

bool Demotion::clear_subject(std::string_view subject) {
  const int before = total();
  const auto first = causes_.lower_bound({std::string(subject), ""});
  auto last = first;
  for (; last != causes_.end() && last->first.first == subject; ++last)
    sum_ -= last->second.cause.amount;
  causes_.erase(first, last);
  return total() != before;
}

bool Demotion::adjust_operator(int amount, TimePoint now) {
  const auto place = causes_.find({"", std::string(kOperator)});
  const int64_t before = place == causes_.end() ? 0 : place->second.cause.amount;
  const int64_t after = std::clamp<int64_t>(before + amount, 0, kAmountMax);
  if (after == 0) return clear(kOperator, {});
  return raise(kOperator, {}, static_cast<int>(after), now);
}

std::vector<Demotion::Cause> Demotion::causes() const {
  std::vector<const Present*> order;
  for (const auto& [key, present] : causes_) order.push_back(&present);
  std::ranges::sort(order, {}, &Present::number);
  std::vector<Cause> causes;
  for (const Present* present : order) causes.push_back(present->cause);
  return causes;
}

int Demotion::total() const noexcept {
  return static_cast<int>(std::min<int64_t>(sum_, std::numeric_limits<int>::max()));
}

uint8_t Demotion::wire_byte() const noexcept {
  return static_cast<uint8_t>(std::min(total(), 255));
}

}  // namespace carp::proto
