// SPDX-License-Identifier: BSD-3-Clause
//
// Reload from a real file by the helper's thread (I2.12), for operators and for SIGHUP.
#include "lib/control/job_runner.h"

#include <sys/stat.h>

#include "tests/control/files_fixture.h"

namespace carp::control {
namespace {

using std::chrono::seconds;

[[nodiscard]] std::string with(const std::string& line) { return kLanIni + line + '\n'; }

TEST_F(JobRunnerTest, TheSameFileChangesNothing) { EXPECT_EQ(run({}).text, ""); }

TEST_F(JobRunnerTest, WhatDiffersIsCarriedOut) {
  rig_->forget_log();
  write("carp.ini", with("advskew = 7"));
  EXPECT_EQ(run({}).text, "carp0: advskew changed\n");
  EXPECT_EQ(rig_->entry().config.pace.advskew, 7);
  EXPECT_TRUE(rig_->log().empty());
}

// As --check says them (I1.2), each with its line.
TEST_F(JobRunnerTest, AFaultyFileChangesNothing) {
  write("carp.ini", with("advskew = 300\ncolour = blue"));
  const Reply reply = run({});
  EXPECT_TRUE(reply.error);
  EXPECT_EQ(reply.text, path("carp.ini") + ":8: advskew: 300 is not in 0–254\n" + path("carp.ini") +
                            ":9: unknown key colour in [carp0]\n" + "error: reload: " +
                            path("carp.ini") + ": 2 fault(s); nothing was changed\n");
  EXPECT_EQ(rig_->entry().config.pace.advskew, 0);
}

TEST_F(JobRunnerTest, AMissingFileChangesNothing) {
  std::filesystem::remove(path("carp.ini"));
  EXPECT_EQ(run({}).text, "error: reload: " + path("carp.ini") +
                              " cannot be read: No such file or directory; nothing was changed\n");
}

// Without a writer it has no end, and would hang who reads it.
TEST_F(JobRunnerTest, AFifoIsReadAsEmpty) {
  std::filesystem::remove(path("carp.ini"));
  ASSERT_EQ(::mkfifo(path("carp.ini").c_str(), 0600), 0);
  EXPECT_TRUE(run({}).error);
  EXPECT_NE(rig_->engine().find_vhost("carp0"), nullptr);
}

TEST_F(JobRunnerTest, ASignalsAnswerGoesToTheLog) {
  write("carp.ini", with("advskew = 7"));
  EXPECT_FALSE(run({.asker = Asker::signal}).error);
  EXPECT_TRUE(rig_->logged("event=reload carp0: advskew changed"));
  rig_->forget_log();
  EXPECT_FALSE(run({.asker = Asker::signal}).error);
  EXPECT_TRUE(rig_->logged("event=reload nothing differs"));
  rig_->forget_log();
  write("carp.ini", with("advskew = 300\ncolour = blue"));
  EXPECT_TRUE(run({.asker = Asker::signal}).error);
  EXPECT_TRUE(rig_->logged("carp.ini:8: advskew: 300 is not in 0–254"));
  EXPECT_TRUE(rig_->logged("carp.ini:9: unknown key colour"));
  EXPECT_TRUE(rig_->logged("error: reload: "));
  EXPECT_FALSE(rig_->logged("testpass"));
  for (const LogLine& line : rig_->log()) EXPECT_EQ(line.level, LogLevel::error) << line.text;
}

// Whoever asked: the next one on call reads the log, not the screen of who was there.
TEST_F(JobRunnerTest, WhatFailsAtTheConsoleIsInTheLogToo) {
  write("carp.ini", with("advskew = 300\ncolour = blue"));
  EXPECT_TRUE(run({}).error);
  EXPECT_TRUE(
      rig_->logged("event=reload " + path("carp.ini") + ":8: advskew: 300 is not in 0–254"));
  EXPECT_TRUE(rig_->logged("event=reload error: reload: " + path("carp.ini") + ": 2 fault(s)"));
  rig_->forget_log();
  EXPECT_TRUE(run({.kind = JobKind::write, .running = rig_->engine().config()}).error);
  EXPECT_TRUE(rig_->logged("event=write error: write: " + path("carp.ini") + ": 2 fault(s)"));
  rig_->forget_log();
  const std::string absent = path("carp.ini") + "/absent";
  EXPECT_TRUE(run({.kind = JobKind::maintenance, .state_dir = absent, .maintenance = true}).error);
  EXPECT_TRUE(rig_->logged("event=maintenance error: maintenance is on, but a restart"));
  for (const LogLine& line : rig_->log()) EXPECT_EQ(line.level, LogLevel::error) << line.text;
}

// One that is asked for again and again, by a script say, is a line a second; one with a thousand
// faults does not fill the log.
TEST_F(JobRunnerTest, FailuresDoNotFloodTheLog) {
  std::string faults;
  for (int i = 0; i < 1000; ++i) faults += "colour = blue\n";
  write("carp.ini", with(faults));
  rig_->forget_log();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(run({}).error);
  EXPECT_EQ(rig_->log().size(), 22U);
  EXPECT_TRUE(rig_->logged("carp.ini:27: unknown key colour"));
  EXPECT_FALSE(rig_->logged("carp.ini:28: "));
  EXPECT_TRUE(rig_->logged("event=reload and 980 more lines"));
  EXPECT_TRUE(rig_->logged("error: reload: "));
}

// A disk that hangs: who asked is told, and what comes of it later changes nothing.
TEST_F(JobRunnerTest, AFileThatDoesNotAnswerIsGivenUp) {
  std::atomic<bool> goes_on{false};
  ASSERT_TRUE(helper_.try_start([&] { goes_on.wait(false); }));
  write("carp.ini", with("advskew = 7"));
  const auto ticket = jobs_.ask({.asked_at = rig_->now()});
  runner_->poll(rig_->now() + kFilePatience - seconds(1), rig_->out());
  EXPECT_FALSE(ticket->outcome);
  runner_->poll(rig_->now() + kFilePatience, rig_->out());
  ASSERT_TRUE(ticket->outcome);
  EXPECT_EQ(ticket->outcome->text, "error: reload: " + path("carp.ini") +
                                       " has not answered for 20 s; nothing was changed\n");
  goes_on = true;
  goes_on.notify_all();
  EXPECT_TRUE(wait_until([&] { return helper_.try_start([] {}); }));
  runner_->poll(rig_->now() + kFilePatience, rig_->out());
  EXPECT_EQ(rig_->entry().config.pace.advskew, 0);
  // The next one is done.
  EXPECT_EQ(run({}).text, "carp0: advskew changed\n");
}

}  // namespace
}  // namespace carp::control
