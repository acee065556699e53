// SPDX-License-Identifier: BSD-3-Clause
//
// Two configurations as two hosts of one group: what keeps them apart, and what is only unusual
// (I1.2, --against). A virtual host's partner is the one with its vhid on an interface in the same
// subnet. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/control/config.h"

namespace carp::control {

// A configuration, and by which name a person knows it.
struct HostFile {
  std::string_view name;  // of its file
  const Config& config;
};

// Sentences, each with the file that it is about in front: "FILE: message". None holds a password
// (I5.3).
struct Comparison {
  std::vector<std::string> apart;  // two would answer, or nobody, or nobody would take over
  std::vector<std::string> notes;
};

[[nodiscard]] Comparison compare_hosts(const HostFile& a, const HostFile& b);

}  // namespace carp::control
