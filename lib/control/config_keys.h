// SPDX-License-Identifier: BSD-3-Clause
//
// The keys that one section may hold, and the way of each line through Boost.Program_options: a
// line at a time, so that every fault is found and carries its line. Pure.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "lib/control/config_lines.h"

namespace carp::control {

// What a key does with its value. The answer is empty, or says what is wrong: "300 is not in
// 0–254".
using Take = std::function<std::string(const Entry&)>;

// The first line of each key that stands in a section, whether or not its value was right.
class KeyLines {
 public:
  [[nodiscard]] bool has(const std::string& key) const { return lines_.contains(key); }
  [[nodiscard]] int line_of(const std::string& key, int otherwise) const {
    const auto found = lines_.find(key);
    return found == lines_.end() ? otherwise : found->second;
  }
  // False where the key was there before.
  bool note(const Entry& entry) { return lines_.emplace(entry.key, entry.line).second; }

 private:
  std::map<std::string, int> lines_;
};

class Keys {
 public:
  Keys() = default;
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  // Build phase: what may stand in the section.
  void once(const std::string& name, Take take);
  void many(const std::string& name, Take take);

  // Gives each entry to its key; unknown keys, repeated ones and refused values are faults.
  KeyLines read(const Section& section, Findings& findings);

 private:
  [[nodiscard]] std::string read_entry(const Entry& entry);

  boost::program_options::options_description description_;
  std::set<std::string> may_repeat_;
  const Entry* current_ = nullptr;  // the entry being read, and
  std::string complaint_;           // what its key says about it
};

}  // namespace carp::control
