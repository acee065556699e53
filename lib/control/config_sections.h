// SPDX-License-Identifier: BSD-3-Clause
//
// Which sections carp.ini may hold and which keys each of them (I2.1 to I2.3, I2.8 to I2.13).
// Values are checked one by one here; config_checks.h checks them against each other. Pure.
#pragma once

#include <vector>

#include "lib/control/config_draft.h"
#include "lib/control/config_reader.h"

namespace carp::control {

// Reads all sections but [rc.conf], which it leaves in draft.rc_conf. Requires: `sections`
// outlives the draft.
void read_sections(const std::vector<Section>& sections, const Surroundings& surroundings,
                   Draft& draft, Findings& findings);

// One [interface NAME].
void read_interface(const Section& section, Draft& draft, Findings& findings);
// One [carpN].
void read_vhost(const Section& section, const Surroundings& surroundings, Draft& draft,
                Findings& findings);
// carp0, carp1, ...
[[nodiscard]] bool is_vhost_name(std::string_view name);

}  // namespace carp::control
