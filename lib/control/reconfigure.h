// SPDX-License-Identifier: BSD-3-Clause
//
// What a reload changes: the difference between the configuration that runs and the one that shall
// (I2.12). What is equal is in neither list, so unchanged virtual hosts are not touched; what takes
// a restart is named and left as it runs. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/control/config.h"
#include "lib/net/result.h"

namespace carp::control {

struct Reconfiguration {
  // In the order in which they are to be done: a vhid that one virtual host gives up may be
  // another's at once.
  std::vector<std::string> remove;          // also those that come back with another vhid
  std::vector<InterfaceConfig> interfaces;  // whose own addresses or link_hold changed
  std::vector<proto::VhostConfig> set;      // added or changed
  std::optional<Sysctl> sysctl;
  std::optional<GlobalConfig> global;
  std::optional<HooksConfig> hooks;
  std::optional<std::vector<TrackConfig>> tracks;  // all that shall be

  std::vector<std::string> changes;  // all of the above in words: "carp0: advskew changed"
  std::vector<std::string> left;     // until a restart: "[interface lan0]: port"

  // How many virtual hosts it makes anew: those of `set` that do not run under their name and vhid.
  size_t created = 0;
};

// Requires: both are valid as read_config() checks; `running` may have virtual hosts that are
// created and not complete yet. The answer is the difference, or why the part of `wanted` that can
// be had now does not go with the part that stays as it runs.
[[nodiscard]] net::Result<Reconfiguration, std::string> reconfigure(const Config& running,
                                                                    const Config& wanted);

}  // namespace carp::control
