// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/config_update.h"

#include "lib/control/commands_reply.h"
#include "lib/control/config_editor.h"
#include "lib/control/config_settings.h"
#include "lib/control/reconfigure.h"

namespace carp::control {
namespace {

using Text = net::Result<std::string, Reply>;

[[nodiscard]] Reply refuse(const std::string& why) { return error("write: " + why); }

[[nodiscard]] Reply refuse_faults(const std::string& file, const std::vector<Remark>& faults) {
  Reply reply =
      refuse(file + ": " + std::to_string(faults.size()) + " fault(s); it was left alone");
  std::string lines;
  for (const Remark& fault : faults) lines += to_text(file, fault) + '\n';
  reply.text.insert(0, lines);
  return reply;
}

// Virtual hosts that were created and not configured; the first one, or nothing.
[[nodiscard]] std::string incomplete(const Config& running) {
  for (const proto::VhostConfig& vhost : running.vhosts) {
    if (vhost.vhid != 0 && !vhost.addresses.empty()) continue;
    const std::string lacks = vhost.vhid == 0 ? "a vhid" : "an address";
    return vhost.name + " lacks " + lacks + "; complete it, or ifconfig " + vhost.name + " destroy";
  }
  return {};
}

// What a difference holds beside sysctls and virtual hosts; nothing where it holds no more.
[[nodiscard]] std::string out_of_reach(const Config& said, const Config& running) {
  if (!said.unsupported.empty()) return said.unsupported.front();
  Config edited = said;
  edited.sysctl = running.sysctl;
  edited.vhosts = running.vhosts;
  const auto difference = reconfigure(running, edited);
  if (!difference) return difference.error();
  const Reconfiguration& rest = difference.value();
  if (!rest.left.empty()) return rest.left.front();
  return rest.changes.empty() ? std::string() : rest.changes.front();
}

// Would a program that starts with it run what this one runs?
[[nodiscard]] bool says(const Config& config, const Config& running) {
  const auto difference = reconfigure(running, config);
  return difference && difference.value().changes.empty() && difference.value().left.empty();
}

[[nodiscard]] Text checked(const std::string& file, std::string text, const Config& running,
                           const Surroundings& surroundings) {
  const ReadConfig read = read_config(text, surroundings);
  if (!read.config) return refuse_faults(file + " as it would be", read.faults);
  if (!says(*read.config, running))
    return refuse(file + " would not say what runs; it was left alone. Please report this");
  return text;
}

}  // namespace

Text update_config(const std::string& file, std::string_view text, const Config& running,
                   const Surroundings& surroundings) {
  if (const std::string what = incomplete(running); !what.empty()) return refuse(what);
  const ReadConfig read = read_config(text, surroundings);
  if (!read.config) return refuse_faults(file, read.faults);
  const std::string pending = out_of_reach(*read.config, running);
  if (!pending.empty())
    return refuse(file + " was edited and does not run as it stands (" + pending +
                  "); reload or restart first");
  return checked(file, edit_config(text, *read.config, running), running, surroundings);
}

Text new_config(const std::string& file, const Config& running, const Surroundings& surroundings) {
  if (const std::string what = incomplete(running); !what.empty()) return refuse(what);
  return checked(file, config_text(running, Passwords::shown), running, surroundings);
}

}  // namespace carp::control
