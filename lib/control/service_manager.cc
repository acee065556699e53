// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/service_manager.h"

#include <algorithm>
#include <utility>

namespace carp::control {
namespace {

constexpr int kMealsInTime = 4;  // so that one may be missed and the next one still counts
constexpr proto::Duration kStatusPause = std::chrono::seconds(1);
// A manager that takes nothing is not asked in every pass.
constexpr proto::Duration kSendAgain = std::chrono::milliseconds(100);

[[nodiscard]] const char* word_for(ServiceManager::Doing doing) {
  switch (doing) {
    case ServiceManager::Doing::starting: return "";
    case ServiceManager::Doing::running: return "READY=1\n";
    case ServiceManager::Doing::reloading: return "RELOADING=1\n";
    case ServiceManager::Doing::stopping: return "STOPPING=1\n";
  }
  return "";
}

}  // namespace

ServiceManager::ServiceManager(Send send, std::optional<proto::Duration> watchdog)
    : send_(std::move(send)) {
  if (watchdog) pace_ = *watchdog / kMealsInTime;
}

void ServiceManager::observe(const Condition& is, proto::TimePoint now, Outbox& out) {
  if (!send_) return;
  note_pass(now);
  is_.doing = is.doing;
  note_status(is, now);
  note_health(is, now, out);
  if (now < send_due_) return;
  const std::string text = news();
  if (text.empty()) return;
  if (send_(text)) {
    told_ = is_;
  } else {
    send_due_ = now + kSendAgain;
  }
}

void ServiceManager::note_pass(proto::TimePoint now) {
  if (last_pass_) longest_gap_ = std::max(longest_gap_, now - *last_pass_);
  last_pass_ = now;
}

void ServiceManager::note_status(const Condition& is, proto::TimePoint now) {
  if (now < status_due_) return;
  status_due_ = now + kStatusPause;
  const Masters masters = is.masters();
  is_.status = std::to_string(masters.count) + " of " + std::to_string(masters.of) +
               (masters.of == 1 ? " virtual host MASTER" : " virtual hosts MASTER");
}

// The log says why the watchdog will bite, for afterwards nobody else can.
void ServiceManager::note_health(const Condition& is, proto::TimePoint now, Outbox& out) {
  if (!pace_ || now < meal_due_) return;
  const bool is_late = std::exchange(longest_gap_, {}) > *pace_;
  meal_due_ = now + *pace_;
  std::string complaint;
  if (is.stalled_lcore) {
    complaint = "worker on lcore " + std::to_string(*is.stalled_lcore) + " stands still";
  } else if (is_late) {
    complaint = "control came late";
  } else {
    ++is_.meals;
  }
  if (complaint == complaint_) return;
  complaint_ = std::move(complaint);
  out.log.push_back(
      complaint_.empty()
          ? LogLine{LogTopic::control, LogLevel::notice, "event=watchdog all is well again"}
          : LogLine{LogTopic::control, LogLevel::error,
                    "event=watchdog " + complaint_ + ": the service manager hears nothing"});
}

std::string ServiceManager::news() const {
  std::string text;
  if (is_.doing != told_.doing) text += word_for(is_.doing);
  if (is_.status != told_.status) text += "STATUS=" + is_.status + '\n';
  if (is_.meals != told_.meals) text += "WATCHDOG=1\n";
  return text;
}

}  // namespace carp::control
