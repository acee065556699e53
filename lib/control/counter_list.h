// SPDX-License-Identifier: BSD-3-Clause
//
// The highest counter of each virtual host, for the state folder (D11 rule 5). Control fills it in
// for thousands in no time; whoever saves it joins the names and sorts. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lib/dataplane/table.h"

namespace carp::control {

using Counters = std::map<std::string, uint64_t>;  // by counter_key

// "lan0 1": how the state folder names a virtual host.
[[nodiscard]] inline std::string counter_key(const std::string& interface, unsigned vhid) {
  return interface + ' ' + std::to_string(vhid);
}

struct CounterList {
  struct Running {
    dataplane::InterfaceIndex interface = 0;
    uint8_t vhid = 0;
    uint64_t highest = 0;
  };
  Counters others;                      // of earlier runs, and of those that were removed
  std::vector<std::string> interfaces;  // by index
  std::vector<Running> running;         // take the place of those

  [[nodiscard]] Counters by_key() const {
    Counters counters = others;
    for (const Running& one : running)
      counters[counter_key(interfaces[one.interface], one.vhid)] = one.highest;
    return counters;
  }
};

}  // namespace carp::control
