// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/flight_recorder.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <utility>
#include <vector>

#include "lib/control/flight_file.h"
#include "lib/control/replace_file.h"

namespace carp::control {
namespace {

namespace fs = std::filesystem;

// What cannot be looked at or removed stays: the next dump tries again.
void remove_oldest(const std::string& state_dir, const FlightBounds& bounds) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator file(state_dir, error), end; !error && file != end;
       file.increment(error))
    if (is_flight_file(file->path().filename().string())) files.push_back(file->path());
  std::sort(files.rbegin(), files.rend());
  size_t count = 0;
  uint64_t bytes = 0;
  for (const fs::path& file : files) {
    const uint64_t size = fs::file_size(file, error);
    // Half written when an earlier run was cut off: the helper has no other job under way.
    const bool is_whole = file.extension() != ".new";
    if (is_whole && !error) bytes += size;
    if (is_whole && ++count <= bounds.files && bytes <= bounds.bytes) continue;
    fs::remove(file, error);
  }
}

}  // namespace

std::string save_flight(const std::string& state_dir, const FlightDump& dump,
                        const FlightBounds& bounds) {
  std::error_code error;
  fs::create_directories(state_dir, error);
  const std::string failure =
      replace_file(state_dir + '/' + flight_file_name(dump), flight_file(dump));
  remove_oldest(state_dir, bounds);
  return failure;
}

struct FlightRecorder::Outcome {
  std::string error;  // the helper's until it is done
  std::atomic<bool> is_done{false};
};

FlightRecorder::FlightRecorder(std::string state_dir, Helper& helper)
    : state_dir_(std::move(state_dir)), helper_(helper) {}

void FlightRecorder::poll(FlightLog& log, proto::TimePoint now, Outbox& out) {
  tell(out);
  if (!waiting_ && log.is_due(now)) waiting_ = std::make_shared<const FlightDump>(log.take(now));
  if (waiting_ && !under_way_) hand_over();
}

void FlightRecorder::finish(FlightLog& log, proto::TimePoint now) {
  if (!waiting_ && log.has_changes()) waiting_ = std::make_shared<const FlightDump>(log.take(now));
  if (waiting_) hand_over();
}

void FlightRecorder::hand_over() {
  auto outcome = std::make_shared<Outcome>();
  const bool started = helper_.try_start([outcome, state_dir = state_dir_, dump = waiting_] {
    outcome->error = save_flight(state_dir, *dump);
    outcome->is_done.store(true, std::memory_order_release);
  });
  if (!started) return;
  under_way_ = std::move(outcome);
  waiting_.reset();
}

// A disk that is full all night is one line.
void FlightRecorder::tell(Outbox& out) {
  if (!under_way_ || !under_way_->is_done.load(std::memory_order_acquire)) return;
  const std::string error = std::exchange(under_way_, nullptr)->error;
  const bool had_failed = std::exchange(has_failed_, !error.empty());
  if (has_failed_ && !had_failed)
    out.log.push_back({LogTopic::control, LogLevel::warning,
                       "event=flight_not_written " + error + "; not said again until it works"});
  if (!has_failed_ && had_failed)
    out.log.push_back({LogTopic::control, LogLevel::notice, "event=flight_written again"});
}

}  // namespace carp::control
