// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/config_sections.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "lib/control/config_password.h"
#include "lib/control/config_values.h"

namespace carp::control {
namespace {

constexpr uint32_t kHourS = 3600;
constexpr uint32_t kDayS = 24 * kHourS;
constexpr size_t kSocketPathMax = 107;  // sun_path of unix(7), without its NUL
constexpr uint32_t kDemotionMax = 65535;
constexpr uint32_t kAnswersMax = 1'000'000;  // a second and client
constexpr size_t kConsolePasswordMax = 256;
constexpr size_t kHooksMax = 16;
constexpr size_t kTracksMax = 64;
constexpr size_t kTrackNameMax = 32;

void read_sysctl(const Section& section, Draft& draft, Findings& findings) {
  Sysctl& sysctl = draft.config.sysctl;
  Keys keys;
  keys.once("net.inet.carp.allow", whole(sysctl.allow, 0, 1));
  keys.once("net.inet.carp.preempt", whole(sysctl.preempt, 0, 1));
  keys.once("net.inet.carp.log", whole(sysctl.log, 0, 2));
  keys.once("net.inet.carp.arpbalance", whole(sysctl.arpbalance, 0, 1));
  keys.once("net.inet.carp.suppress_preempt",
            [](const Entry&) { return std::string("is read-only"); });
  keys.read(section, findings);
}

void read_workers(const Section& section, Draft& draft, Findings& findings) {
  WorkersConfig& workers = draft.config.workers;
  Keys keys;
  keys.once("idle", choice(workers.idle,
                           {{"poll", Idle::poll}, {"pause", Idle::pause}, {"sleep", Idle::sleep}}));
  keys.once("burst", whole(workers.burst, 1, kBurstMax));
  keys.once("arp_limit", whole(workers.arp_limit, 0, kAnswersMax));
  keys.once("echo_limit", whole(workers.echo_limit, 0, kAnswersMax));
  keys.read(section, findings);
}

void read_global(const Section& section, Draft& draft, Findings& findings) {
  GlobalConfig& global = draft.config.global;
  Keys keys;
  keys.once("startup_hold", whole(global.startup_hold, 0, kHourS));
  keys.once("preempt_delay", whole(global.preempt_delay, 0, kHourS));
  keys.once("state_dir", path(global.state_dir));
  keys.once("transition", whole(global.transition, 0, kDayS));
  keys.read(section, findings);
}

void read_gratuitous(const Section& section, Draft& draft, Findings& findings) {
  Keys keys;
  keys.once("refresh", whole(draft.config.global.gratuitous_refresh, 0, kDayS));
  keys.read(section, findings);
}

[[nodiscard]] std::string take_listen(const Entry& entry, std::optional<Endpoint>& listen) {
  listen.reset();
  if (entry.value == "off") return {};
  const auto endpoint = parse_endpoint(entry.value);
  if (!endpoint) return endpoint.error();
  listen = endpoint.value();
  return {};
}

[[nodiscard]] std::string take_socket(const Entry& entry, std::string& socket) {
  if (entry.value.size() > kSocketPathMax) return "the path is longer than 107 bytes";
  return path(socket)(entry);
}

// A line of the console has to be able to carry it.
[[nodiscard]] std::string take_password_file(const Entry& entry, ControlConfig& control,
                                             const Surroundings& surroundings) {
  std::string name;
  std::string fault = path(name)(entry);
  if (!fault.empty()) return fault;
  control.password_file = name;
  const auto content = surroundings.read_file(name);
  if (!content) return shown(name) + " cannot be read: " + content.error().reason;
  const std::string_view password = password_in(content.value());
  if (password.empty()) return shown(name) + " is empty";
  const bool is_line =
      password.size() <= kConsolePasswordMax &&
      std::ranges::none_of(password, [](unsigned char c) { return c < ' ' || c == 0x7f; });
  return is_line ? "" : shown(name) + " holds more than one line of text, or a long one";
}

// I3.1: a console that other hosts reach asks for a password.
void read_control(const Section& section, const Surroundings& surroundings, Draft& draft,
                  Findings& findings) {
  ControlConfig& control = draft.config.control;
  Keys keys;
  keys.once("listen", [&](const Entry& entry) { return take_listen(entry, control.listen); });
  keys.once("socket", [&](const Entry& entry) { return take_socket(entry, control.socket); });
  keys.once("password_file",
            [&](const Entry& entry) { return take_password_file(entry, control, surroundings); });
  keys.once("idle_timeout", whole(control.idle_timeout, 1, kDayS));
  const KeyLines lines = keys.read(section, findings);
  if (!lines.has("password_file") && control.listen && control.listen->address.value >> 24 != 127) {
    findings.fault(lines.line_of("listen", section.line),
                   "listen: " + net::to_string(control.listen->address) +
                       " is not loopback, which needs a password_file");
  }
}

void read_metrics(const Section& section, Draft& draft, Findings& findings) {
  std::optional<Endpoint>& listen = draft.config.metrics.listen;
  Keys keys;
  keys.once("listen", [&](const Entry& entry) { return take_listen(entry, listen); });
  keys.read(section, findings);
}

// The name goes into logs, `show demotion` and its cause.
[[nodiscard]] bool is_track_name(std::string_view name) {
  return name.size() <= kTrackNameMax && std::ranges::all_of(name, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
         });
}

// The shell would take a '#' in front for a comment, and so does carp.ini.
[[nodiscard]] std::string take_command(const Entry& entry, std::string& command) {
  if (entry.value.starts_with('#')) return "begins with a comment";
  const bool is_text = std::ranges::none_of(
      entry.value, [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; });
  if (!is_text) return "holds a control character";
  command = entry.value;
  return {};
}

void read_track(const Section& section, Draft& draft, Findings& findings) {
  TrackConfig track{.name = shown(section.name)};
  if (!is_track_name(section.name))
    findings.fault(section.line, section.title() + ": the name has at most " +
                                     std::to_string(kTrackNameMax) +
                                     " letters, digits, '_', '.' or '-'");
  Keys keys;
  keys.once("command", [&](const Entry& entry) { return take_command(entry, track.command); });
  keys.once("interval", whole(track.interval, 1, kDayS));
  keys.once("timeout", whole(track.timeout, 1, kHourS));
  keys.once("rise", whole(track.rise, 1, 255));
  keys.once("fall", whole(track.fall, 1, 255));
  keys.once("demotion", whole(track.demotion, 1, kDemotionMax));
  const KeyLines lines = keys.read(section, findings);
  if (!lines.has("command")) findings.fault(section.line, section.title() + " lacks command");
  if (draft.config.tracks.size() == kTracksMax)
    findings.fault(section.line,
                   "there are more than " + std::to_string(kTracksMax) + " [track] sections");
  draft.config.tracks.push_back(std::move(track));
}

// A program that cannot be run is no fault: it may be installed later, and this be another machine.
void read_hooks(const Section& section, const Surroundings& surroundings, Draft& draft,
                Findings& findings) {
  HooksConfig& hooks = draft.config.hooks;
  Keys keys;
  keys.many("state_change", [&](const Entry& entry) {
    if (hooks.state_change.size() == kHooksMax)
      return "there are more than " + std::to_string(kHooksMax);
    std::string program;
    std::string fault = path(program)(entry);
    if (!fault.empty()) return fault;
    hooks.state_change.push_back(program);
    const std::string why =
        surroundings.why_not_executable ? surroundings.why_not_executable(program) : "";
    if (!why.empty())
      findings.warn(entry.line, "state_change: " + shown(program) + " cannot be run: " + why);
    return fault;
  });
  keys.once("timeout", whole(hooks.timeout, 1, kHourS));
  keys.read(section, findings);
}

// The sections without a name of their own that need nothing from outside.
using ReadPlain = void (*)(const Section&, Draft&, Findings&);
[[nodiscard]] ReadPlain find_plain(std::string_view kind) {
  static const std::map<std::string_view, ReadPlain> readers = {{"sysctl", read_sysctl},
                                                                {"workers", read_workers},
                                                                {"global", read_global},
                                                                {"gratuitous", read_gratuitous},
                                                                {"metrics", read_metrics}};
  const auto found = readers.find(kind);
  return found == readers.end() ? nullptr : found->second;
}

void read_section(const Section& section, const Surroundings& surroundings, Draft& draft,
                  Findings& findings) {
  const ReadPlain read_plain = find_plain(section.kind);
  if (section.kind == "interface" && !section.name.empty()) {
    read_interface(section, draft, findings);
  } else if (section.kind == "track" && !section.name.empty()) {
    read_track(section, draft, findings);
  } else if (section.kind == "interface" || section.kind == "track") {
    findings.fault(section.line, section.title() + " needs a name: [" + section.kind + " NAME]");
  } else if (!section.name.empty()) {
    findings.fault(section.line, "unknown section " + section.title());
  } else if (read_plain != nullptr) {
    read_plain(section, draft, findings);
  } else if (section.kind == "control") {
    read_control(section, surroundings, draft, findings);
  } else if (section.kind == "hooks") {
    read_hooks(section, surroundings, draft, findings);
  } else if (section.kind == "rc.conf") {
    draft.rc_conf = &section;
  } else if (is_vhost_name(section.kind)) {
    read_vhost(section, surroundings, draft, findings);
  } else {
    findings.fault(section.line, "unknown section " + section.title());
  }
}

}  // namespace

void read_sections(const std::vector<Section>& sections, const Surroundings& surroundings,
                   Draft& draft, Findings& findings) {
  std::map<std::string, int> first_lines;
  Draft repeated;  // a section given again is read for its own faults and changes nothing
  for (const Section& section : sections) {
    if (section.kind.empty()) continue;
    const auto [first, is_new] =
        first_lines.emplace(section.kind + ' ' + section.name, section.line);
    if (!is_new) {
      findings.fault(section.line, section.title() + " is given again (first in line " +
                                       std::to_string(first->second) + ")");
    }
    read_section(section, surroundings, is_new ? draft : repeated, findings);
  }
}

}  // namespace carp::control
