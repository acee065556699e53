// SPDX-License-Identifier: BSD-3-Clause
//
// What `show` looks at: the engine, the shell and the moment. Read only.
#pragma once

#include "lib/control/engine.h"
#include "lib/control/runtime_view.h"

namespace carp::control {

struct ShowInput {
  const Engine& engine;
  const RuntimeView& view;
  proto::TimePoint now;
};

}  // namespace carp::control
