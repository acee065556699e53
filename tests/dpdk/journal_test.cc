// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/journal.h"

#include <gtest/gtest.h>
#include <rte_log.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <thread>

namespace carp::dpdk {
namespace {

[[nodiscard]] std::string name_of(int fd) {
  struct stat status = {};
  EXPECT_EQ(fstat(fd, &status), 0);
  return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

// A socket whose other end plays the journal, and the log goes there.
class JournalTest : public testing::Test {
 public:
  JournalTest(const JournalTest&) = delete;
  JournalTest& operator=(const JournalTest&) = delete;

 protected:
  JournalTest() {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()), 0);
    stream_ = open_journal(ends_[0]);
    rte_openlog_stream(stream_);
    set_log_level(LogLevel::debug);
  }
  ~JournalTest() override {
    rte_openlog_stream(nullptr);
    std::fclose(stream_);
    set_log_level(LogLevel::info);
    unsetenv("JOURNAL_STREAM");
    for (const int end : ends_) close(end);
  }

  // All that it was told since the last time.
  [[nodiscard]] std::string told() const {
    std::string text;
    std::array<char, 4096> part{};
    ssize_t size = 0;
    while ((size = recv(ends_[1], part.data(), part.size(), MSG_DONTWAIT)) > 0)
      text.append(part.data(), static_cast<size_t>(size));
    return text;
  }

  std::array<int, 2> ends_{};
  std::FILE* stream_ = nullptr;
};

TEST_F(JournalTest, LinesHaveTheirPriority) {
  log(LogType::control, LogLevel::error, "a");
  log(LogType::control, LogLevel::warning, "b");
  log(LogType::control, LogLevel::notice, "c");
  log(LogType::control, LogLevel::info, "d");
  log(LogType::control, LogLevel::debug, "e");
  EXPECT_EQ(told(), "<3>a\n<4>b\n<5>c\n<6>d\n<7>e\n");
}

TEST_F(JournalTest, LinesOfDpdkHaveTheirs) {
  RTE_LOG(EMERG, USER1, "gravest\n");
  RTE_LOG(ERR, USER1, "grave\n");
  EXPECT_EQ(told(), "<0>USER1: gravest\n<3>USER1: grave\n");
}

TEST_F(JournalTest, EachLineOfAMessageHasIt) {
  RTE_LOG(WARNING, USER1, "one\ntwo\n\nfour\n");
  EXPECT_EQ(told(), "<4>USER1: one\n<4>two\n<4>\n<4>four\n");
}

// DPDK makes some lines of several messages.
TEST_F(JournalTest, ALineInPiecesHasItOnce) {
  RTE_LOG(WARNING, USER1, "one, ");
  rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1, "two, ");
  rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1, "three\nfour\n");
  EXPECT_EQ(told(), "<4>USER1: one, two, three\n<4>four\n");
}

// What is longer than stdio's memory comes in pieces, too.
TEST_F(JournalTest, ALongLineIsOneLine) {
  const std::string text(100'000, 'x');
  log(LogType::control, LogLevel::notice, text);
  EXPECT_EQ(told(), "<5>" + text + "\n");
}

// A line that begins as a priority does is no more than that: the first one counts.
TEST_F(JournalTest, TextIsNoPriority) {
  log(LogType::control, LogLevel::info, "<0>panic");
  EXPECT_EQ(told(), "<6><0>panic\n");
}

TEST_F(JournalTest, WhatIsBelowTheLevelIsNotThere) {
  set_log_level(LogLevel::notice);
  static_cast<void>(told());  // the EAL may say that the level is another one
  log(LogType::control, LogLevel::info, "not this one");
  EXPECT_EQ(told(), "");
}

// What is written outside of a message, by a thread that never logged, has no level.
TEST_F(JournalTest, ADumpIsInformation) {
  std::thread([this] { std::fputs("dump\n", stream_); }).join();
  EXPECT_EQ(told(), "<6>dump\n");
}

// Each of two threads has its own level; lines are not torn, and none has the other's.
TEST_F(JournalTest, ThreadsKeepTheirLevels) {
  constexpr int kLines = 100;  // the socket keeps them all
  const auto write = [](LogLevel level, const char* text) {
    for (int line = 0; line < kLines; ++line) log(LogType::control, level, text);
  };
  std::thread other(write, LogLevel::warning, "warning");
  write(LogLevel::info, "info");
  other.join();
  int warnings = 0;
  int infos = 0;
  const std::string text = told();
  for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    warnings += line == "<4>warning" ? 1 : 0;
    infos += line == "<6>info" ? 1 : 0;
    EXPECT_TRUE(line == "<4>warning" || line == "<6>info") << line;
  }
  EXPECT_EQ(warnings, kLines);
  EXPECT_EQ(infos, kLines);
}

// A journal that reads nothing is not waited for; it hears later what it missed.
TEST_F(JournalTest, AJournalThatIsStuckHoldsUpNothing) {
  const std::string text(4000, 'x');
  constexpr int kMessages = 10'000;  // 40 MB: more than any socket keeps
  for (int message = 0; message < kMessages; ++message) log(LogType::control, LogLevel::info, text);
  const std::string kept = told();
  ASSERT_EQ(kept.size() % (text.size() + 4), 0U) << "whole lines only";
  const size_t lost = kMessages - kept.size() / (text.size() + 4);
  ASSERT_GT(lost, 0U);
  log(LogType::control, LogLevel::info, "next");
  EXPECT_EQ(told(), "<4>event=log_lost messages=" + std::to_string(lost) + "\n<6>next\n");
}

TEST_F(JournalTest, WhatIsLostInALineEndsIt) {
  rte_log(RTE_LOG_INFO, RTE_LOGTYPE_USER1, "begun, ");
  const std::string text(4000, 'x');
  for (int message = 0; message < 10'000; ++message)
    rte_log(RTE_LOG_INFO, RTE_LOGTYPE_USER1, "%s", text.c_str());
  static_cast<void>(told());
  log(LogType::control, LogLevel::info, "next");
  const std::string report = told();
  EXPECT_EQ(report.substr(0, 29), "\n<4>event=log_lost messages=9") << report;
  EXPECT_EQ(report.substr(report.size() - 9), "\n<6>next\n") << report;
}

TEST_F(JournalTest, AJournalThatIsGoneEndsNothing) {
  close(ends_[1]);
  log(LogType::control, LogLevel::error, "to nobody");  // no SIGPIPE either
  ends_[1] = dup(ends_[0]);
}

TEST_F(JournalTest, IsWhatJournalStreamNames) {
  EXPECT_FALSE(is_journal(ends_[0])) << "not set";
  setenv("JOURNAL_STREAM", name_of(ends_[0]).c_str(), 1);
  EXPECT_TRUE(is_journal(ends_[0]));
  EXPECT_FALSE(is_journal(ends_[1])) << "another socket";
  EXPECT_FALSE(is_journal(-1)) << "closed";
  setenv("JOURNAL_STREAM", (name_of(ends_[0]) + "1").c_str(), 1);
  EXPECT_FALSE(is_journal(ends_[0])) << "of an earlier stderr";
  setenv("JOURNAL_STREAM", "no:thing", 1);
  EXPECT_FALSE(is_journal(ends_[0]));
}

// Here stderr is whatever the test was given, with a JOURNAL_STREAM of something else.
TEST_F(JournalTest, ElsewhereNothingChanges) {
  setenv("JOURNAL_STREAM", name_of(ends_[0]).c_str(), 1);
  EXPECT_EQ(journal_prefix(LogLevel::error), "");
  log_to_journal({"dpdk-carp"});
  EXPECT_EQ(rte_log_get_stream(), stream_);
}

// stderr is the journal's for a while.
class JournalOnStderrTest : public JournalTest {
 protected:
  JournalOnStderrTest() : stderr_(dup(STDERR_FILENO)) {
    dup2(ends_[0], STDERR_FILENO);
    setenv("JOURNAL_STREAM", name_of(ends_[0]).c_str(), 1);
  }
  ~JournalOnStderrTest() override {
    dup2(stderr_, STDERR_FILENO);
    close(stderr_);
  }

  int stderr_;
};

TEST_F(JournalOnStderrTest, TheLogIsTurnedThere) {
  log_to_journal({"dpdk-carp", "-l", "0,1"});
  std::FILE* turned = rte_log_get_stream();
  ASSERT_NE(turned, stream_);
  log(LogType::control, LogLevel::notice, "to stderr");
  rte_openlog_stream(stream_);
  std::fclose(turned);
  EXPECT_EQ(told(), "<5>to stderr\n");
}

TEST_F(JournalOnStderrTest, SyslogIsLeftToThoseWhoAskForIt) {
  log_to_journal({"dpdk-carp", "--syslog", "local0"});
  EXPECT_EQ(rte_log_get_stream(), stream_);
  log_to_journal({"dpdk-carp", "--syslog=local0"});
  EXPECT_EQ(rte_log_get_stream(), stream_);
}

TEST_F(JournalOnStderrTest, WhatStandsBesideTheLogHasItsPriority) {
  EXPECT_EQ(journal_prefix(LogLevel::error), "<3>");
  EXPECT_EQ(journal_prefix(LogLevel::warning), "<4>");
}

}  // namespace
}  // namespace carp::dpdk
