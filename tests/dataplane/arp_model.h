// SPDX-License-Identifier: BSD-3-Clause
//
// The rules for Ethernet and ARP a second time: slow, by byte offsets and linear searches, written
// from the specification and not from lib/dataplane. Two mistakes must agree to go unseen.
#pragma once

#include <string>

#include "tests/dataplane/scene.h"

namespace carp::dataplane {

struct Expected {
  std::string reason;  // its name
  net::Frame frame;    // the answer, or the frame as it was
};

// What must become of `frame`, received on port 0 in the scene of `data`. Requires: the frame's
// type is not IPv4.
[[nodiscard]] Expected expect_arp(const SceneData& data, const net::Frame& frame);

}  // namespace carp::dataplane
