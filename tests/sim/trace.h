// SPDX-License-Identifier: BSD-3-Clause
//
// What happened, as one number to compare runs by and, when asked for, as a timeline for people.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "lib/proto/time.h"

namespace carp::sim {

class Trace {
 public:
  explicit Trace(bool writes_timeline = false) : writes_(writes_timeline) {}

  // Nothing that goes in may depend on names, MACs or when the world began: those make no
  // difference (FNV-1a over the words).
  void add(std::initializer_list<uint64_t> words) noexcept {
    for (const uint64_t word : words) hash_ = (hash_ ^ word) * 0x100000001b3;
    hash_ ^= hash_ >> 29;
    ++steps_;
  }
  [[nodiscard]] uint64_t hash() const noexcept { return hash_; }
  [[nodiscard]] uint64_t steps() const noexcept { return steps_; }

  // A line of the timeline; `text` is called only where somebody will read it.
  template <std::invocable Text>
  void line(proto::Duration since_start, const Text& text) {
    if (writes_) append(since_start, text());
  }
  [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }

 private:
  void append(proto::Duration since_start, const std::string& text);

  bool writes_;
  uint64_t hash_ = 0xcbf29ce484222325;
  uint64_t steps_ = 0;
  std::vector<std::string> lines_;
};

}  // namespace carp::sim
