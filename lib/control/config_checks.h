// SPDX-License-Identifier: BSD-3-Clause
//
// What the sections of carp.ini must not say together (I2.2, I2.3, I2.6). Pure.
#pragma once

#include "lib/control/config_draft.h"

namespace carp::control {

// Limits, ports and own addresses.
void check_interfaces(const Draft& draft, Findings& findings);

// Vhids and shared addresses. Also settles on which interface each virtual host is, where the
// file leaves that to its address.
void check_vhosts(Draft& draft, Findings& findings);

}  // namespace carp::control
