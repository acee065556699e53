// SPDX-License-Identifier: BSD-3-Clause
#include "tests/control/config_test_files.h"

#include <gmock/gmock.h>

namespace carp::control {

ReadConfig read_file_text(const std::string& text, const FakeFiles& files,
                          bool readable_by_others) {
  Surroundings surroundings;
  surroundings.readable_by_others = readable_by_others;
  surroundings.read_file = [&](const std::string& path) -> net::Result<std::string, Unreadable> {
    const auto found = files.find(path);
    if (found == files.end()) return Unreadable{"No such file or directory"};
    return found->second;
  };
  return read_config(text, surroundings);
}

std::vector<std::string> texts(const std::vector<Remark>& remarks) {
  std::vector<std::string> result;
  for (const Remark& remark : remarks) {
    result.push_back(std::to_string(remark.line) + ": " + remark.message);
  }
  return result;
}

std::vector<std::string> faults_after_good(const std::string& more) {
  return faults_of(kGoodFile + more);
}

std::vector<std::string> faults_of(const std::string& text) {
  const ReadConfig read = read_file_text(text);
  EXPECT_EQ(read.config.has_value(), read.faults.empty());
  return texts(read.faults);
}

Config config_of(const std::string& text, const FakeFiles& files) {
  const ReadConfig read = read_file_text(text, files);
  EXPECT_THAT(texts(read.faults), testing::IsEmpty());
  return read.config.value_or(Config{});
}

}  // namespace carp::control
