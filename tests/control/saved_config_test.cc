// SPDX-License-Identifier: BSD-3-Clause
//
// `write` to a real disk (I3.5): atomically, mode and owner kept, or the old file is as it was.
#include "lib/control/saved_config.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "lib/control/reconfigure_engine.h"
#include "tests/control/files_fixture.h"

namespace carp::control {
namespace {

namespace fs = std::filesystem;

class SavedConfig : public JobRunnerTest {
 protected:
  // Saves what runs after carp0 got this advskew.
  [[nodiscard]] Reply save(uint8_t advskew = 7) {
    proto::VhostConfig config = rig_->entry().config;
    config.pace.advskew = advskew;
    rig_->engine().set_vhost(config, 0, rig_->now(), rig_->out());
    return run({.kind = JobKind::write, .running = running_config(rig_->engine())});
  }
  [[nodiscard]] struct stat status(const std::string& name = "carp.ini") const {
    struct stat status = {};
    EXPECT_EQ(::lstat(path(name).c_str(), &status), 0);
    return status;
  }
  void expect_untouched() const {
    EXPECT_EQ(content("carp.ini"), kLanIni);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "nothing is left behind";
  }
  const std::string saved_ = std::string(kLanIni) + "advskew = 7\n";
};

TEST_F(SavedConfig, SaysWhatRunsAndReloadFindsNoDifference) {
  EXPECT_EQ(save().text, "");
  EXPECT_EQ(content("carp.ini"), saved_);
  EXPECT_EQ(run({}).text, "");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(SavedConfig, TheSameTextIsNotWrittenAgain) {
  const auto before = status();
  EXPECT_EQ(save(0).text, "");
  EXPECT_EQ(status().st_ino, before.st_ino);
}

TEST_F(SavedConfig, KeepsModeAndOwner) {
  fs::permissions(path("carp.ini"), fs::perms(0640));
  const bool is_root = ::geteuid() == 0;
  if (is_root) {
    ASSERT_EQ(::chown(path("carp.ini").c_str(), 12345, 54321), 0);
  }
  const auto before = status();
  EXPECT_EQ(save().text, "");
  EXPECT_EQ(content("carp.ini"), saved_);
  const auto after = status();
  EXPECT_NE(after.st_ino, before.st_ino);
  EXPECT_EQ(after.st_mode, before.st_mode);
  EXPECT_EQ(after.st_uid, before.st_uid);
  EXPECT_EQ(after.st_gid, before.st_gid);
}

TEST_F(SavedConfig, ASymbolicLinkStays) {
  fs::create_directory(path("real"));
  fs::rename(path("carp.ini"), path("real/carp.ini"));
  fs::create_symlink("real/carp.ini", path("carp.ini"));
  EXPECT_EQ(save().text, "");
  EXPECT_TRUE(fs::is_symlink(path("carp.ini")));
  EXPECT_EQ(content("real/carp.ini"), saved_);
}

// What an interrupted run left under the name of the new file is no obstacle, and nobody can have
// it written through a link.
TEST_F(SavedConfig, WhatLiesInTheWayIsReplaced) {
  write("other", "other");
  fs::create_symlink(path("other"), path("carp.ini.new"));
  EXPECT_EQ(save().text, "");
  EXPECT_EQ(content("carp.ini"), saved_);
  EXPECT_EQ(content("other"), "other");
  EXPECT_FALSE(fs::exists(path("carp.ini.new")));
}

TEST_F(SavedConfig, OneThatIsGoneIsMadeAnewForItsOwnerAlone) {
  fs::remove(path("carp.ini"));
  EXPECT_EQ(save().text, "");
  EXPECT_EQ(status().st_mode & ALLPERMS, 0600u);
  EXPECT_EQ(run({}).text, "");
  EXPECT_NE(content("carp.ini").find("pass = testpass\n"), std::string::npos);
}

// The limit of a process for the size of its files, like a full disk, ends a write half-way.
TEST_F(SavedConfig, AFullDiskLeavesTheOldFile) {
  const auto before = status();
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const rlimit small{40, old.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Reply reply = save();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(reply.text, "error: write: cannot write " + path("carp.ini.new") +
                            ": File too large; " + path("carp.ini") + " was left as it was\n");
  EXPECT_EQ(status().st_ino, before.st_ino);
  expect_untouched();
}

TEST_F(SavedConfig, AFolderThatTakesNoFileLeavesTheOldOne) {
  fs::create_directory(path("carp.ini.new"));
  const Reply reply = save();
  EXPECT_TRUE(reply.text.starts_with("error: write: cannot make ")) << reply.text;
  fs::remove(path("carp.ini.new"));
  expect_untouched();
}

TEST_F(SavedConfig, AFaultyFileIsLeftAlone) {
  const std::string faulty = std::string(kLanIni) + "colour = blue\n";
  write("carp.ini", faulty);
  const Reply reply = save();
  EXPECT_TRUE(reply.error);
  EXPECT_TRUE(reply.text.starts_with(path("carp.ini") + ":8: unknown key colour")) << reply.text;
  EXPECT_EQ(content("carp.ini"), faulty);
}

TEST_F(SavedConfig, WhatIsNoFileIsLeftAlone) {
  fs::remove(path("carp.ini"));
  ASSERT_EQ(::mkfifo(path("carp.ini").c_str(), 0600), 0);
  EXPECT_EQ(save().text,
            "error: write: it is no ordinary file; " + path("carp.ini") + " was left as it was\n");
  fs::remove(path("carp.ini"));
  fs::create_symlink("nowhere", path("carp.ini"));
  EXPECT_TRUE(save(8).text.starts_with("error: write: " + path("carp.ini") + ": "));
  EXPECT_TRUE(fs::is_symlink(path("carp.ini")));
}

TEST_F(SavedConfig, WhatWasRunningWhenItWasAskedForIsSaved) {
  const Config running = running_config(rig_->engine());
  rig_->engine().remove_vhost("carp0", rig_->now(), rig_->out());
  EXPECT_EQ(run({.kind = JobKind::write, .running = running}).text, "");
  EXPECT_EQ(content("carp.ini"), kLanIni);
}

TEST_F(SavedConfig, ADiskThatDoesNotAnswerMayStillWrite) {
  std::atomic<bool> goes_on{false};
  ASSERT_TRUE(helper_.try_start([&] { goes_on.wait(false); }));
  const auto ticket = jobs_.ask({.kind = JobKind::write, .asked_at = rig_->now()});
  runner_->poll(rig_->now() + kFilePatience, rig_->out());
  ASSERT_TRUE(ticket->outcome);
  EXPECT_EQ(ticket->outcome->text, "error: write: " + path("carp.ini") +
                                       " has not answered for 20 s; it may still be written\n");
  goes_on = true;
  goes_on.notify_all();
}

}  // namespace
}  // namespace carp::control
