// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/reconfigure_engine.h"

#include <algorithm>

#include "lib/control/commands_reply.h"
#include "lib/control/reconfigure.h"

namespace carp::control {
namespace {

constexpr const char* kNothingChanged = "nothing was changed";

[[nodiscard]] dataplane::InterfaceIndex index_of(const Engine& engine, const std::string& name) {
  for (const InterfaceEntry& interface : engine.interfaces())
    if (interface.config.name == name) return interface.index;
  return kNoInterface;
}

[[nodiscard]] std::string lines_of(const std::string& file, const std::vector<Remark>& remarks,
                                   const std::string& kind) {
  std::string text;
  for (const Remark& remark : remarks)
    text += to_text(file, {remark.line, kind + remark.message}) + '\n';
  return text;
}

[[nodiscard]] Reply refuse(const std::string& file, const std::string& why) {
  return error("reload: " + file + ": " + why + "; " + kNothingChanged);
}

// Each fault as --check says it; the last line is the error (I3.2).
[[nodiscard]] Reply refuse_faults(const std::string& file, const std::vector<Remark>& faults) {
  Reply reply = refuse(file, std::to_string(faults.size()) + " fault(s)");
  reply.text.insert(0, lines_of(file, faults, ""));
  return reply;
}

[[nodiscard]] std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// What departs goes first: its vhid may be another's at once (D9). A new transition holds for what
// changes with it.
void carry_out(Engine& engine, const Reconfiguration& difference, proto::TimePoint now,
               Outbox& out) {
  for (const std::string& name : difference.remove) engine.remove_vhost(name, now, out);
  if (difference.global) engine.set_global(*difference.global, now);
  for (const InterfaceConfig& interface : difference.interfaces)
    engine.set_interface(interface, now);
  for (const proto::VhostConfig& vhost : difference.set)
    engine.set_vhost(vhost, index_of(engine, vhost.interface), now, out);
  if (difference.sysctl) engine.set_sysctl(*difference.sysctl, now, out);
  if (difference.hooks) engine.set_hooks(*difference.hooks);
  if (difference.tracks) engine.set_tracks(*difference.tracks);
}

}  // namespace

std::vector<const VhostEntry*> in_file_order(const Engine& engine) {
  std::vector<const VhostEntry*> entries;
  entries.reserve(engine.vhosts().size());
  for (const auto& entry : engine.vhosts()) entries.push_back(entry.get());
  std::ranges::sort(entries, [](const VhostEntry* a, const VhostEntry* b) {
    const std::string& left = a->config.name;
    const std::string& right = b->config.name;
    return left.size() != right.size() ? left.size() < right.size() : left < right;
  });
  return entries;
}

Config running_config(const Engine& engine) {
  Config config = engine.config();
  config.vhosts.clear();
  config.vhosts.reserve(engine.vhosts().size());
  for (const VhostEntry* entry : in_file_order(engine)) config.vhosts.push_back(entry->config);
  return config;
}

Reply reload_engine(Engine& engine, const std::string& file, const ReadConfig& read,
                    proto::TimePoint now, Outbox& out) {
  if (!read.config) return refuse_faults(file, read.faults);
  if (!read.config->unsupported.empty())
    return refuse(file, "not carried out by this version: " + joined(read.config->unsupported));
  const auto compared = reconfigure(running_config(engine), *read.config);
  if (!compared) return refuse(file, compared.error());
  const Reconfiguration& difference = compared.value();
  // One that goes keeps its place until its goodbye has left.
  if (difference.created > engine.room())
    return refuse(file, "there is no room for " + std::to_string(difference.created) +
                            " more virtual hosts beside those that run or depart: at most " +
                            std::to_string(dataplane::kMaxVhosts));

  carry_out(engine, difference, now, out);
  std::string text = lines_of(file, read.warnings, "warning: ");
  for (const std::string& change : difference.changes) text += change + '\n';
  for (const std::string& left : difference.left) text += left + " is left until a restart\n";
  return answer(std::move(text));
}

}  // namespace carp::control
