// SPDX-License-Identifier: BSD-3-Clause
//
// dpdk-carpctl as a script sees it: its arguments, its two outputs, its exit code (I3.6).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/control/console_fixture.h"

namespace carp::control {
namespace {

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

class CarpctlTest : public ConsoleTest {
 protected:
  // Runs dpdk-carpctl while the console, if open, polls.
  [[nodiscard]] Outcome run(std::vector<std::string> words) {
    const std::string out = (folder_ / "out").string();
    const std::string err = (folder_ / "err").string();
    const pid_t child = ::fork();
    if (child == 0) {
      words.insert(words.begin(), DPDK_CARPCTL);
      std::vector<char*> arguments;
      for (std::string& word : words) arguments.push_back(word.data());
      arguments.push_back(nullptr);
      const int flags = O_WRONLY | O_CREAT | O_TRUNC;
      ::dup2(::open(out.c_str(), flags, 0600), STDOUT_FILENO);
      ::dup2(::open(err.c_str(), flags, 0600), STDERR_FILENO);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    int status = 0;
    if (console_) {
      EXPECT_TRUE(poll_until([&] { return ::waitpid(child, &status, WNOHANG) == child; }));
    } else {
      EXPECT_EQ(::waitpid(child, &status, 0), child);
    }
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content(out), content(err)};
  }
  [[nodiscard]] Outcome command(std::vector<std::string> words) {
    words.insert(words.begin(), {"-s", config_.socket});
    return run(std::move(words));
  }
  [[nodiscard]] static std::string content(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(CarpctlTest, PrintsTheAnswer) {
  open();
  const Outcome outcome = command({"ifconfig", "carp0", "down", "&&", "ifconfig", "carp0", "up"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "did ifconfig carp0 down && ifconfig carp0 up\n");
  EXPECT_EQ(outcome.err, "");
  ASSERT_EQ(executed_.size(), 1u);
  EXPECT_EQ(executed_[0].access, Access::change);
}

TEST_F(CarpctlTest, SilentSuccessAndLongAnswersAreWhole) {
  open();
  const Outcome silent = command({"silent"});
  EXPECT_EQ(silent.code, 0);
  EXPECT_EQ(silent.out + silent.err, "");
  const Outcome big = command({"big"});
  EXPECT_EQ(big.code, 0);
  EXPECT_EQ(big.out.size(), kBigAnswer);
}

TEST_F(CarpctlTest, FailureGoesToStderr) {
  open();
  const Outcome outcome = command({"fail"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "error: what is ?[2J??\n");
}

TEST_F(CarpctlTest, FullConsoleIsAFailure) {
  open();
  std::vector<Client> clients;
  for (size_t i = 0; i < kSessionsMax; ++i) {
    clients.push_back(connect_unix());
    send_all(clients.back(), "one\n");
    ASSERT_TRUE(comes(clients.back(), "did one\n"));
  }
  const Outcome outcome = command({"one"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "error: too many sessions\n");
}

TEST_F(CarpctlTest, NobodyThereIsSaidWithTheSocketsName) {
  const Outcome outcome = command({"show", "vhosts"});
  EXPECT_EQ(outcome.code, 69);
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.err.find(config_.socket), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("start dpdk-carp"), std::string::npos) << outcome.err;
}

TEST_F(CarpctlTest, UsageErrorsAre64) {
  EXPECT_EQ(run({}).code, 64);
  EXPECT_EQ(run({"-s"}).code, 64);
  EXPECT_EQ(run({"-s", config_.socket}).code, 64);
  EXPECT_EQ(run({"", " "}).code, 64);
  EXPECT_EQ(run({"-x", "show"}).code, 64);
  EXPECT_EQ(run({"show\nquit"}).code, 64);
}

TEST_F(CarpctlTest, HelpAndVersionNeedNoConsole) {
  const Outcome help = run({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_TRUE(help.out.starts_with("usage: dpdk-carpctl"));
  const Outcome version = run({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_TRUE(version.out.starts_with("dpdk-carpctl "));
}

}  // namespace
}  // namespace carp::control
