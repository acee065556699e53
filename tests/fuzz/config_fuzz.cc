// SPDX-License-Identifier: BSD-3-Clause
//
// The text of a carp.ini through its reader, and what was read through an engine. What must hold
// is in config_properties.h.
#include "tests/fuzz/config_properties.h"
#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  carp::fuzz::check_config(carp::fuzz::text_of({data, size}));
  return 0;
}
