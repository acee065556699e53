// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/metrics_page.h"

namespace carp::control {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kFresh = std::chrono::seconds(1);

}  // namespace

std::shared_ptr<const std::string> MetricsPage::get() {
  if (text_ && Clock::now() - taken_at_ < kFresh) return text_;
  const bool answered =
      inquiries_.ask([this](const ShowInput& input) { take_sample(input, sample_); });
  if (!answered) return nullptr;
  text_ = std::make_shared<const std::string>(exposition(sample_));
  taken_at_ = Clock::now();
  return text_;
}

}  // namespace carp::control
