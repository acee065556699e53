// SPDX-License-Identifier: BSD-3-Clause
//
// Edits the text of a carp.ini so that it says something else, and changes no line that need not
// change: comments, [rc.conf] lines and pass_file references of what stays are kept (I3.5). Pure.
#pragma once

#include <string>
#include <string_view>

#include "lib/control/config.h"

namespace carp::control {

// `text` with the sysctls and virtual hosts of `wanted`. One that differs and stands in [rc.conf]
// gets a section of its own. Requires: `said` is what `text` says, without a fault.
[[nodiscard]] std::string edit_config(std::string_view text, const Config& said,
                                      const Config& wanted);

}  // namespace carp::control
