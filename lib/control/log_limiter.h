// SPDX-License-Identifier: BSD-3-Clause
//
// At most one log line a second per subject, with a count of those left out (I5.1). Kept by the
// engine; the number of subjects is bounded by the number of call sites.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lib/proto/time.h"

namespace carp::control {

class LogLimiter {
 public:
  // The text to log, or nothing where `subject` had its line this second.
  [[nodiscard]] std::optional<std::string> pass(std::string_view subject, std::string text,
                                                proto::TimePoint now) {
    auto [place, is_new] = entries_.try_emplace(std::string(subject));
    Entry& entry = place->second;
    if (!is_new && now < entry.next) {
      ++entry.left_out;
      return std::nullopt;
    }
    if (entry.left_out > 0) text += " left_out=" + std::to_string(entry.left_out);
    entry = {now + std::chrono::seconds(1), 0};
    return text;
  }

 private:
  struct Entry {
    proto::TimePoint next;
    uint64_t left_out = 0;
  };
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace carp::control
