// SPDX-License-Identifier: BSD-3-Clause
//
// The page that Prometheus reads (I4.2), made anew when somebody wants it and the last one is more
// than a second old: however often it is asked for, control copies its numbers once a second at
// most. One thread, the metrics server's.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "lib/control/exposition.h"
#include "lib/control/inquiries.h"

namespace carp::control {

class MetricsPage {
 public:
  // `inquiries` outlives the page.
  explicit MetricsPage(Inquiries& inquiries) : inquiries_(inquiries) {}

  // The text; null where control does not answer. Takes as long as that, at most a second, and the
  // formatting: milliseconds with thousands of virtual hosts.
  [[nodiscard]] std::shared_ptr<const std::string> get();

 private:
  Inquiries& inquiries_;
  Sample sample_;
  std::shared_ptr<const std::string> text_;
  std::chrono::steady_clock::time_point taken_at_;
};

}  // namespace carp::control
