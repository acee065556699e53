// SPDX-License-Identifier: BSD-3-Clause
//
// [rc.conf]: lines as they stand in FreeBSD's rc.conf(5), and what they mean here (I2.4). They
// build the same values as [carpN] and [interface NAME] do. Pure.
#pragma once

#include <string>
#include <string_view>

#include "lib/control/config_draft.h"
#include "lib/net/result.h"

namespace carp::control {

// VARIABLE=value, quoting undone.
struct RcVariable {
  std::string name;
  std::string value;  // empty where the variable means nothing here
  [[nodiscard]] friend bool operator==(const RcVariable&, const RcVariable&) = default;
};

// cloned_interfaces and ifconfig_*, those for IPv6 left out.
[[nodiscard]] bool is_meaningful_rc_variable(std::string_view name);

// One line that is neither blank nor a comment. What a shell would expand or run is refused.
[[nodiscard]] net::Result<RcVariable, std::string> parse_rc_line(std::string_view line);

// Adds what the lines say to the draft. Requires: all other sections are read.
void read_rc_conf(const Section& section, Draft& draft, Findings& findings);

}  // namespace carp::control
