// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/config_keys.h"

#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>
#include <sstream>

namespace carp::control {
namespace {

namespace options = boost::program_options;

// A misspelt `pass` may have the password grown on to it.
[[nodiscard]] std::string shown_key(const std::string& key) {
  return key.starts_with("pass") ? "pass..." : shown(key);
}

}  // namespace

void Keys::once(const std::string& name, Take take) {
  description_.add_options()(name.c_str(), options::value<std::string>()->notifier(
                                               [this, take = std::move(take)](const std::string&) {
                                                 complaint_ = take(*current_);
                                               }));
}

void Keys::many(const std::string& name, Take take) {
  may_repeat_.insert(name);
  once(name, std::move(take));
}

KeyLines Keys::read(const Section& section, Findings& findings) {
  KeyLines lines;
  for (const Entry& entry : section.entries) {
    if (description_.find_nothrow(entry.key, false) == nullptr) {
      findings.fault(entry.line, "unknown key " + shown_key(entry.key) + " in " + section.title());
    } else if (!lines.note(entry) && !may_repeat_.contains(entry.key)) {
      findings.fault(entry.line, entry.key + ": given again (first in line " +
                                     std::to_string(lines.line_of(entry.key, 0)) + ")");
    } else if (const std::string complaint = read_entry(entry); !complaint.empty()) {
      findings.fault(entry.line, entry.key + ": " + complaint);
    }
  }
  return lines;
}

std::string Keys::read_entry(const Entry& entry) {
  current_ = &entry;
  complaint_.clear();
  std::istringstream line(entry.key + " = " + entry.value);
  auto parsed = options::parse_config_file(line, description_);
  if (trim(entry.value).empty()) return "has no value";
  // Boost cuts a value at any '#', ours only where it starts a comment: the whole one goes back.
  parsed.options.at(0).value = {entry.value};
  options::variables_map values;
  options::store(parsed, values);
  options::notify(values);
  return complaint_;
}

}  // namespace carp::control
