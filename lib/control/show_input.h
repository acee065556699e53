// SPDX-License-Identifier: BSD-3-Clause
//
// What `show` looks at: the engine, the shell and the moment. Read only.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/control/engine.h"
#include "lib/control/runtime_view.h"

namespace carp::control {

// A part of a list: for answers that have no room for thousands of entries, and because control
// has no time for them (telemetry).
struct Window {
  size_t first = 0;
  size_t count = SIZE_MAX;
};

struct ShowInput {
  const Engine& engine;
  const RuntimeView& view;
  proto::TimePoint now;
  Window window{};  // of what JSON documents list
};

}  // namespace carp::control
