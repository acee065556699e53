// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/child_process.h"

#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace carp::control {
namespace {

// Who writes more than this is read so much at a time and waits for so long: a flood costs the
// machine next to nothing, and its author most.
constexpr size_t kGulp = size_t{64} << 10;
constexpr auto kFloodPause = std::chrono::milliseconds(100);

[[nodiscard]] std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const std::string& word : words) result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

// What the new process does before it is the program.
class SpawnPlan {
 public:
  explicit SpawnPlan(int output) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files_, output, STDERR_FILENO);
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
    posix_spawn_file_actions_addchdir_np(&files_, "/");

    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    const sched_param ordinary = {};
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                               POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSCHEDULER);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setschedpolicy(&attributes_, SCHED_OTHER);
    posix_spawnattr_setschedparam(&attributes_, &ordinary);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  // 0, or the errno of whatever failed, the start of the program included.
  [[nodiscard]] int carry_out(const Program& program, pid_t& pid) const {
    const std::vector<char*> arguments = pointers(program.arguments);
    const std::vector<char*> environment = pointers(program.environment);
    return posix_spawn(&pid, arguments.front(), &files_, &attributes_, arguments.data(),
                       environment.data());
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

}  // namespace

net::Result<ChildProcess, int> ChildProcess::start(const Program& program, Clock::time_point now) {
  std::array<int, 2> pipe_fds{};
  if (pipe2(pipe_fds.data(), O_CLOEXEC) != 0) return errno;
  const auto [read_end, write_end] = pipe_fds;
  fcntl(read_end, F_SETFL, O_NONBLOCK);
  pid_t pid = 0;
  const int failure = SpawnPlan(write_end).carry_out(program, pid);
  close(write_end);
  if (failure != 0) {
    close(read_end);
    return failure;
  }
  // Who can't be watched does not run.
  const int process_fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  const int error = errno;
  ChildProcess child(pid, process_fd, read_end, now, program.timeout);
  if (process_fd < 0) return error;
  return child;
}

ChildProcess::ChildProcess(pid_t pid, int process_fd, int output_fd, Clock::time_point now,
                           std::chrono::seconds timeout)
    : pid_(pid),
      process_fd_(process_fd),
      output_fd_(output_fd),
      timeout_(timeout),
      overdue_at_(now + timeout),
      read_again_at_(now) {}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      process_fd_(std::exchange(other.process_fd_, -1)),
      output_fd_(std::exchange(other.output_fd_, -1)),
      timeout_(other.timeout_),
      overdue_at_(other.overdue_at_),
      read_again_at_(other.read_again_at_),
      bytes_read_(other.bytes_read_),
      timed_out_(other.timed_out_),
      output_(std::move(other.output_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(process_fd_, other.process_fd_);
  std::swap(output_fd_, other.output_fd_);
  std::swap(timeout_, other.timeout_);
  std::swap(overdue_at_, other.overdue_at_);
  std::swap(read_again_at_, other.read_again_at_);
  std::swap(bytes_read_, other.bytes_read_);
  std::swap(timed_out_, other.timed_out_);
  std::swap(output_, other.output_);
  return *this;
}

ChildProcess::~ChildProcess() {
  if (pid_ != 0) {
    kill_group();
    (void)bury();
  }
  close_output();
  if (process_fd_ >= 0) close(process_fd_);
}

int ChildProcess::output_fd(Clock::time_point now) const noexcept {
  return now >= read_again_at_ ? output_fd_ : -1;
}

ChildProcess::Clock::time_point ChildProcess::wants_look_at(Clock::time_point now) const noexcept {
  const auto overdue_at = timed_out_ ? Clock::time_point::max() : overdue_at_;
  return now < read_again_at_ ? std::min(read_again_at_, overdue_at) : overdue_at;
}

void ChildProcess::read_output(Clock::time_point now) {
  std::array<char, 4096> part;
  for (size_t size = 0; size < kGulp && output_fd_ >= 0;) {
    const ssize_t n = read(output_fd_, part.data(), part.size());
    if (n < 0) return;  // nothing more for now
    if (n == 0) return close_output();
    output_.add({part.data(), static_cast<size_t>(n)});
    size += static_cast<size_t>(n);
    bytes_read_ += static_cast<size_t>(n);
  }
  if (bytes_read_ >= kGulp) read_again_at_ = now + kFloodPause;
}

void ChildProcess::kill_if_overdue(Clock::time_point now) {
  if (timed_out_ || now < overdue_at_) return;
  timed_out_ = true;
  kill_group();
}

// Until it is buried nobody else can get its number.
void ChildProcess::kill_group() const { kill(-pid_, SIGKILL); }

Ending ChildProcess::bury() {
  siginfo_t info = {};
  while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  // What it left behind in its group goes with it, or it would pile up.
  kill_group();
  waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED);
  pid_ = 0;
  read_output(Clock::now());

  Ending ending;
  ending.how = info.si_code == CLD_EXITED ? Ending::How::exited : Ending::How::killed;
  ending.code = info.si_status;
  if (timed_out_) {
    ending.how = Ending::How::timed_out;
    ending.code = static_cast<int>(timeout_.count());
  }
  output_.take(ending);
  return ending;
}

void ChildProcess::close_output() {
  if (output_fd_ >= 0) close(std::exchange(output_fd_, -1));
}

}  // namespace carp::control
