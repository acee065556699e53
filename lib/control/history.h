// SPDX-License-Identifier: BSD-3-Clause
//
// The last 1,000 changes of state, for `show history` (I3.4). Kept by the engine.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "lib/proto/vhost.h"

namespace carp::control {

inline constexpr size_t kHistoryLength = 1000;

struct HistoryEntry {
  uint64_t unix_us = 0;  // wall clock
  std::string name;      // carp0
  proto::State from = proto::State::init;
  proto::State to = proto::State::init;
  proto::Reason reason = proto::Reason::none;
};

class History {
 public:
  void add(HistoryEntry entry) {
    if (entries_.size() == kHistoryLength) entries_.pop_front();
    entries_.push_back(std::move(entry));
  }
  // Oldest first.
  [[nodiscard]] const std::deque<HistoryEntry>& entries() const noexcept { return entries_; }

 private:
  std::deque<HistoryEntry> entries_;
};

}  // namespace carp::control
