// SPDX-License-Identifier: BSD-3-Clause
//
// A Config in the making: what the sections and rc.conf lines say, each with the line it came
// from, before they are checked against each other. Pure.
#pragma once

#include <string>
#include <vector>

#include "lib/control/config.h"
#include "lib/control/config_keys.h"

namespace carp::control {

struct InterfaceDraft {
  InterfaceConfig config;
  int line = 0;  // of the section
  KeyLines keys;
  std::vector<int> address_lines;  // one for each of config.addresses
};

// From a [carpN] section or from ifconfig_carpN in rc.conf.
struct VhostDraft {
  proto::VhostConfig config;  // interface: empty unless given
  int line = 0;
  KeyLines keys;
  std::vector<int> address_lines;  // one for each of config.addresses
};

struct Draft {
  Config config;  // without interfaces and vhosts, which are here:
  std::vector<InterfaceDraft> interfaces;
  std::vector<VhostDraft> vhosts;
  // Waits until all [interface] sections are known: their addresses may stand here.
  const Section* rc_conf = nullptr;
  // False where an own address was faulty: then nothing is concluded from its absence.
  bool own_addresses_known = true;
  int password_line = 0;  // the first line that holds a password itself; 0: none does

  void note_password(int line) {
    if (password_line == 0 || line < password_line) password_line = line;
  }
};

}  // namespace carp::control
