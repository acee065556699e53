// SPDX-License-Identifier: BSD-3-Clause
//
// A configuration written out as carp.ini: what is read from it must be the same configuration.
#pragma once

#include <string>

#include "lib/control/config.h"

namespace carp::fuzz {

// Every setting by its key, whether or not it has its default. Passwords stand as pass_hex.
// `unsupported` is left out: it names what Config does not hold.
[[nodiscard]] std::string ini_of(const control::Config& config);

}  // namespace carp::fuzz
