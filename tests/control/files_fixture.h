// SPDX-License-Identifier: BSD-3-Clause
//
// A folder of files, an engine and a real helper thread, for what control does with the disk. The
// deadline is only for tests that fail.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>

#include "lib/control/config_reader.h"
#include "lib/control/job_runner.h"
#include "tests/control/engine_rig.h"

namespace carp::control {

class FilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "files_test.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    std::filesystem::permissions(path(name), std::filesystem::perms(0600));
  }
  [[nodiscard]] std::string content(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // False if it takes longer than any machine needs.
  [[nodiscard]] static bool wait_until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  std::filesystem::path folder_;
};

// The configuration of lan_config() with carp0, as a file.
inline constexpr const char* kLanIni =
    "[interface lan0]\n"
    "port = lan0\n"
    "address = 192.168.1.3/24\n"
    "[carp0]\n"
    "vhid = 1\n"
    "pass = testpass\n"
    "address = 192.168.1.50/24\n";

// An appliance whose configuration is kLanIni in the file carp.ini.
class JobRunnerTest : public FilesTest {
 protected:
  void SetUp() override {
    FilesTest::SetUp();
    write("carp.ini", kLanIni);
    runner_.emplace(jobs_, rig_->engine(), helper_, path("carp.ini"));
  }
  JobRunnerTest() {
    const ReadConfig read = read_config(kLanIni, {});
    rig_.emplace(read.config.value());
    rig_->start();
  }
  // Passes until the job is done.
  [[nodiscard]] Reply run(ConfigJob job) {
    job.asked_at = rig_->now();
    const auto ticket = jobs_.ask(std::move(job));
    if (!ticket) return {.text = "there was another"};
    EXPECT_TRUE(wait_until([&] {
      runner_->poll(rig_->now(), rig_->out());
      return ticket->outcome.has_value();
    }));
    rig_->pass();
    return ticket->outcome.value_or(Reply{});
  }

  std::optional<EngineRig> rig_;
  ConfigJobs jobs_;
  Helper helper_;
  std::optional<JobRunner> runner_;
};

}  // namespace carp::control
