// SPDX-License-Identifier: BSD-3-Clause
//
// How a fuzzer says that something which must hold does not: the process ends, and libFuzzer keeps
// the input.
#pragma once

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace carp::fuzz {

// `sentence` says what must hold.
inline void must(bool holds, std::string_view sentence) {
  if (holds) return;
  std::cerr << "broken: " << sentence << '\n';
  std::abort();
}

}  // namespace carp::fuzz
