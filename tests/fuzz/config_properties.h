// SPDX-License-Identifier: BSD-3-Clause
//
// What must hold for any text given to the reader of carp.ini. Used by the fuzzers whose inputs
// are such a text, or a part of one.
#pragma once

#include <string_view>

#include "lib/control/config_reader.h"

namespace carp::fuzz {

// A pass phrase that seeds hold. Where it stands as one, nothing that is said may repeat it.
inline constexpr std::string_view kSecret = "s3kr1t-canary";

// The reader with a few made-up files behind pass_file.
[[nodiscard]] control::ReadConfig read_text(std::string_view text);

// The text is accepted or has faults, the same each time; each remark is one printable line about
// a line that is there, and gives no password away; what is accepted means the same written out
// anew, and an engine runs on it.
void check_config(std::string_view text);

}  // namespace carp::fuzz
