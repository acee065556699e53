// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/config_reader.h"

#include <algorithm>

#include "lib/control/config_checks.h"
#include "lib/control/config_sections.h"
#include "lib/control/rc_conf.h"

namespace carp::control {
namespace {

[[nodiscard]] Config assemble(Draft draft) {
  Config config = std::move(draft.config);
  for (InterfaceDraft& interface : draft.interfaces) {
    config.interfaces.push_back(std::move(interface.config));
  }
  for (VhostDraft& vhost : draft.vhosts) config.vhosts.push_back(std::move(vhost.config));
  return config;
}

}  // namespace

ReadConfig read_config(std::string_view text, const Surroundings& surroundings) {
  Findings findings;
  const std::vector<Section> sections = split_sections(text, findings);
  Draft draft;
  read_sections(sections, surroundings, draft, findings);
  if (draft.rc_conf != nullptr) read_rc_conf(*draft.rc_conf, draft, findings);
  // Those of rc.conf came last, whatever their place in the file.
  std::ranges::stable_sort(draft.vhosts, {}, &VhostDraft::line);
  check_interfaces(draft, findings);
  check_vhosts(draft, findings);
  if (draft.password_line != 0 && surroundings.readable_by_others) {
    findings.warn(draft.password_line,
                  "a password stands here and others than the owner can read the file");
  }
  findings.sort();

  ReadConfig result;
  if (findings.faults.empty()) result.config = assemble(std::move(draft));
  result.faults = std::move(findings.faults);
  result.warnings = std::move(findings.warnings);
  return result;
}

}  // namespace carp::control
