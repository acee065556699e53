// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/job_runner.h"

#include <algorithm>
#include <atomic>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/control/commands_reply.h"
#include "lib/control/reconfigure_engine.h"
#include "lib/control/saved_config.h"
#include "lib/control/state_file.h"

namespace carp::control {

namespace {

constexpr size_t kLinesToLog = 20;  // of one answer, and its last one

[[nodiscard]] std::string word_for(JobKind kind) {
  switch (kind) {
    case JobKind::reload: return "reload";
    case JobKind::write: return "write";
    case JobKind::maintenance: return "maintenance";
  }
  return "";
}

[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

[[nodiscard]] Reply keep_maintenance(const ConfigJob& job) {
  const std::string failure = save_maintenance(job.state_dir, job.maintenance);
  if (failure.empty()) return answer();
  return error(std::string("maintenance is ") + (job.maintenance ? "on" : "off") +
               ", but a restart will not know: " + failure);
}

}  // namespace

// The helper's until it is done.
struct JobRunner::Outcome {
  std::optional<net::Result<ReadConfig, Unreadable>> read;
  Reply written;
  std::atomic<bool> is_done{false};
};

JobRunner::JobRunner(ConfigJobs& jobs, Engine& engine, Helper& helper, std::string file)
    : jobs_(jobs), engine_(engine), helper_(helper), file_(std::move(file)) {}

bool JobRunner::poll(proto::TimePoint now, Outbox& out) {
  if (!job_) job_ = jobs_.take();
  if (!job_) return false;
  if (outcome_ && outcome_->is_done.load(std::memory_order_acquire)) {
    finish(carry_out(*outcome_, now, out), now, out);
    return true;
  }
  if (job_->is_late(now)) {
    // Should the disk wake up later: nobody waits for what comes of it any more.
    finish(give_up(), now, out);
  } else if (!outcome_) {
    begin();
  }
  return false;
}

// Where the helper is busy with something else, the next pass tries again.
void JobRunner::begin() {
  auto outcome = std::make_shared<Outcome>();
  const bool started = helper_.try_start([outcome, job = job_, file = file_] {
    if (job->kind == JobKind::reload) outcome->read = read_saved_config(file);
    if (job->kind == JobKind::write) outcome->written = write_saved_config(file, job->running);
    if (job->kind == JobKind::maintenance) outcome->written = keep_maintenance(*job);
    outcome->is_done.store(true, std::memory_order_release);
  });
  if (started) outcome_ = std::move(outcome);
}

Reply JobRunner::give_up() const {
  if (job_->kind == JobKind::maintenance)
    return error("maintenance: " + job_->state_dir +
                 " has not answered for 20 s; a restart may not know of it");
  const bool is_reload = job_->kind == JobKind::reload;
  return error((is_reload ? "reload: " : "write: ") + file_ + " has not answered for 20 s; " +
               (is_reload ? "nothing was changed" : "it may still be written"));
}

Reply JobRunner::carry_out(const Outcome& outcome, proto::TimePoint now, Outbox& out) {
  if (job_->kind != JobKind::reload) return outcome.written;
  if (!*outcome.read)
    return error("reload: " + file_ + " cannot be read: " + outcome.read->error().reason +
                 "; nothing was changed");
  return reload_engine(engine_, file_, outcome.read->value(), now, out);
}

void JobRunner::finish(Reply reply, proto::TimePoint now, Outbox& out) {
  if (reply.error || job_->asker == Asker::signal) tell_log(reply, now, out);
  job_.reset();
  outcome_.reset();
  jobs_.finish(std::move(reply));
}

// Nobody looks at the answer to a signal but here; and what failed the next one on call wants to
// know, whoever asked. A script that asks again and again is told of once a second (I5.1).
void JobRunner::tell_log(const Reply& reply, proto::TimePoint now, Outbox& out) {
  const std::string word = word_for(job_->kind);
  std::string left_out;
  if (job_->asker == Asker::console) {
    const auto passed = limiter_.pass(word, "", now);
    if (!passed) return;
    left_out = *passed;
  }
  const LogLevel level = reply.error ? LogLevel::error : LogLevel::notice;
  const auto tell = [&](std::string text) {
    out.log.push_back({LogTopic::control, level, "event=" + word + ' ' + std::move(text)});
  };
  const std::vector<std::string_view> lines = lines_of(reply.text);
  if (lines.empty()) return tell("nothing differs");
  const size_t last = lines.size() - 1;
  for (size_t i = 0; i < std::min(last, kLinesToLog); ++i) tell(std::string(lines[i]));
  if (last > kLinesToLog) tell("and " + std::to_string(last - kLinesToLog) + " more lines");
  tell(std::string(lines[last]) + left_out);
}

}  // namespace carp::control
