// SPDX-License-Identifier: BSD-3-Clause
//
// Programs that do as they should and programs that do not, run for real: how they end, what they
// get, and that nothing of them is left.
#include "lib/control/program_runner.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <map>
#include <optional>

namespace carp::control {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::SizeIs;

class ProgramRunnerTest : public testing::Test {
 protected:
  // False if it takes longer than any machine needs.
  [[nodiscard]] static bool wait_until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + seconds(60);
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }
  [[nodiscard]] RunId start(const std::string& script, seconds timeout = seconds(60)) {
    return runner_->start({{"/bin/sh", "-c", script}, {"PATH=/usr/bin:/bin", "A=b c"}, timeout});
  }
  [[nodiscard]] Ending end_of(RunId id) {
    EXPECT_TRUE(wait_until([&] {
      for (Ended& one : runner_->poll()) ended_[one.id] = std::move(one.ending);
      return ended_.contains(id);
    }));
    return ended_[id];
  }
  [[nodiscard]] Ending run(const std::string& script, seconds timeout = seconds(60)) {
    return end_of(start(script, timeout));
  }
  // Or dead and not buried yet by whoever inherited it.
  [[nodiscard]] static bool is_gone(const std::string& pid) {
    std::string name;
    char state = 'Z';
    std::ifstream("/proc/" + pid + "/stat") >> name >> name >> state;
    return state == 'Z';
  }

  std::optional<ProgramRunner> runner_{std::in_place};
  std::map<RunId, Ending> ended_;
};

TEST_F(ProgramRunnerTest, TellsHowAProgramEnded) {
  EXPECT_EQ(to_string(run("exit 0")), "exit status 0");
  EXPECT_TRUE(run("exit 0").is_success());
  EXPECT_EQ(to_string(run("exit 3")), "exit status 3");
  EXPECT_EQ(to_string(run("kill -9 $$")), "killed by signal 9");
  EXPECT_EQ(to_string(end_of(runner_->start({{"/nowhere/at/all"}, {}, seconds(1)}))),
            "cannot be run: No such file or directory");
  EXPECT_EQ(to_string(end_of(runner_->start({{"/etc/passwd"}, {}, seconds(1)}))),
            "cannot be run: Permission denied");
}

TEST_F(ProgramRunnerTest, ManyRunBesideEachOther) {
  std::vector<RunId> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(start("exit " + std::to_string(i)));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(end_of(ids[static_cast<size_t>(i)]).code, i);
}

TEST_F(ProgramRunnerTest, KeepsTheFirstLinesThatItWrites) {
  EXPECT_THAT(run("echo one; echo two >&2; printf 'thr\\001ee'").lines,
              ElementsAre("one", "two", "thr?ee"));
  const Ending flood = run("i=0; while [ $i -lt 5000 ]; do echo $i; i=$((i+1)); done");
  EXPECT_TRUE(flood.is_success());
  EXPECT_THAT(flood.lines, SizeIs(kLinesKept));
  EXPECT_EQ(flood.lines_left_out, 5000 - kLinesKept);
  const Ending wide = run("head -c 100000 /dev/zero | tr '\\0' x");
  ASSERT_THAT(wide.lines, SizeIs(1));
  EXPECT_EQ(wide.lines[0].size(), kLineKept);
}

TEST_F(ProgramRunnerTest, KillsWhatHangsAndAllThatItStarted) {
  const Ending ending = run("sleep 1000 & echo $!; echo $$; wait", seconds(1));
  EXPECT_EQ(to_string(ending), "killed after 1 s");
  ASSERT_THAT(ending.lines, SizeIs(2));
  for (const std::string& pid : ending.lines)
    EXPECT_TRUE(wait_until([&] { return is_gone(pid); })) << pid;
}

TEST_F(ProgramRunnerTest, KillsWhatAProgramLeavesBehind) {
  const Ending ending = run("sleep 1000 & echo $!");
  EXPECT_TRUE(ending.is_success());
  ASSERT_THAT(ending.lines, SizeIs(1));
  EXPECT_TRUE(wait_until([&] { return is_gone(ending.lines[0]); }));
}

// Who escaped from the group keeps the pipe open; nobody waits for it.
TEST_F(ProgramRunnerTest, DoesNotWaitForTheOutputOfWhoEscaped) {
  const Ending ending = run("setsid sleep 1000 & echo $!; sleep 0.2");
  EXPECT_TRUE(ending.is_success());
  ASSERT_THAT(ending.lines, SizeIs(1));
  kill(static_cast<pid_t>(std::stol(ending.lines[0])), SIGKILL);
}

TEST_F(ProgramRunnerTest, TheEndKillsWhatRuns) {
  const auto pid_file = testing::TempDir() + "program_runner_test." + std::to_string(getpid());
  (void)start("echo $$ >" + pid_file + ".new; mv " + pid_file + ".new " + pid_file +
              "; sleep 1000 & wait");
  (void)runner_->poll();
  ASSERT_TRUE(wait_until([&] {
    (void)runner_->poll();
    return access(pid_file.c_str(), R_OK) == 0;
  }));
  const std::string pid = run("cat " + pid_file).lines.at(0);
  runner_.reset();
  EXPECT_TRUE(wait_until([&] { return is_gone(pid); }));
  unlink(pid_file.c_str());
}

// What the thread that asks has become since: pinned to a core, with signals blocked, and with a
// file open that was not meant for others.
TEST_F(ProgramRunnerTest, AProgramInheritsNothingOfOurs) {
  cpu_set_t before;
  sched_getaffinity(0, sizeof before, &before);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = CPU_SETSIZE - 1; cpu >= 0; --cpu) {
    if (!CPU_ISSET(cpu, &before)) continue;
    CPU_SET(cpu, &one);
    break;
  }
  sigset_t blocked;
  sigset_t mask;
  sigfillset(&blocked);
  pthread_sigmask(SIG_BLOCK, &blocked, &mask);
  sched_setaffinity(0, sizeof one, &one);
  const auto ignored = std::signal(SIGPIPE, SIG_IGN);
  const int leak = open("/etc/passwd", O_RDONLY);
  setenv("SECRET", "of ours", 1);

  const Ending environment = run("env | grep -vE '^(PWD|OLDPWD|SHLVL|_)=' | sort; pwd");
  const Ending files = run("exec ls /proc/self/fd");
  const Ending signals = run("grep -cE '^Sig(Blk|Ign):.0{7}[01][08]0{7}$' /proc/self/status");
  const Ending cpus = run("grep Cpus_allowed: /proc/self/status | tr -d ',\\t' | cut -d: -f2");
  const Ending scheduling = run("cut -d ' ' -f 40,41 /proc/self/stat");

  unsetenv("SECRET");
  close(leak);
  std::signal(SIGPIPE, ignored);
  sched_setaffinity(0, sizeof before, &before);
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  EXPECT_THAT(environment.lines, ElementsAre("A=b c", "PATH=/usr/bin:/bin", "/"));
  EXPECT_THAT(files.lines, ElementsAre("0", "1", "2", "3"));  // the last is the folder itself
  EXPECT_THAT(signals.lines, ElementsAre("2"));
  ASSERT_THAT(cpus.lines, SizeIs(1));
  EXPECT_EQ(__builtin_popcountll(std::stoull(cpus.lines[0], nullptr, 16)), CPU_COUNT(&before));
  EXPECT_THAT(scheduling.lines, ElementsAre("0 0"));  // no real-time priority, SCHED_OTHER
}

}  // namespace
}  // namespace carp::control
