// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of update_config share: a file name, a pass_file, and results without the fuss.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "lib/control/config_update.h"

namespace carp::control {

inline constexpr const char* kFile = "/etc/carp.ini";

[[nodiscard]] inline Surroundings surroundings() {
  return {[](const std::string& path) -> net::Result<std::string, Unreadable> {
            if (path == "/pass") return std::string("from a file\n");
            return Unreadable{"No such file or directory"};
          },
          false};
}

[[nodiscard]] inline Config config_of(std::string_view text) {
  const ReadConfig read = read_config(text, surroundings());
  for (const Remark& fault : read.faults) ADD_FAILURE() << to_text(kFile, fault);
  return read.config.value_or(Config{});
}

[[nodiscard]] inline std::string update(std::string_view text, const Config& running) {
  const auto result = update_config(kFile, text, running, surroundings());
  EXPECT_TRUE(result) << (result ? "" : result.error().text);
  return result ? result.value() : "";
}

[[nodiscard]] inline std::string why_not(std::string_view text, const Config& running) {
  const auto result = update_config(kFile, text, running, surroundings());
  EXPECT_FALSE(result);
  return result ? "" : result.error().text;
}

}  // namespace carp::control
