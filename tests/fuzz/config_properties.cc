// SPDX-License-Identifier: BSD-3-Clause
#include "tests/fuzz/config_properties.h"

#include <algorithm>
#include <map>
#include <string>

#include "lib/control/config_lines.h"
#include "lib/control/config_update.h"
#include "lib/control/engine.h"
#include "tests/fuzz/config_text.h"
#include "tests/fuzz/property.h"

namespace carp::fuzz {
namespace {

using control::Config;
using control::Engine;
using control::InterfaceConfig;
using control::InterfaceFacts;
using control::Outbox;
using control::ReadConfig;
using control::Remark;
using control::Surroundings;
using control::Unreadable;

constexpr size_t kMessageMax = 400;
constexpr std::string_view kEnDash = "\xe2\x80\x93";  // "not in 0–254"
constexpr std::string_view kFile = "carp.ini";

[[nodiscard]] bool is_plain_text(std::string message) {
  for (size_t at = message.find(kEnDash); at != message.npos; at = message.find(kEnDash)) {
    message.replace(at, kEnDash.size(), "-");
  }
  return std::ranges::all_of(message, [](char c) { return c >= ' ' && c <= '~'; });
}

// True where each occurrence follows `pass =` or, in a line of rc.conf, `pass`.
[[nodiscard]] bool stands_as_password_only(std::string_view text) {
  for (size_t at = text.find(kSecret); at != text.npos; at = text.find(kSecret, at + 1)) {
    const size_t begin = text.substr(0, at).rfind('\n') + 1;
    const std::string_view before = text.substr(begin, at - begin);
    const bool in_rc_conf = before.starts_with("ifconfig_carp") && before.ends_with(" pass ");
    if (before != "pass = " && !in_rc_conf) return false;
  }
  return true;
}

void check_remarks(std::string_view text, const std::vector<Remark>& remarks) {
  const auto lines = std::max<std::ptrdiff_t>(1, std::ranges::count(text, '\n') + 1);
  const bool secret_is_kept = stands_as_password_only(text);
  for (const Remark& remark : remarks) {
    must(remark.line >= 0 && remark.line <= lines, "a remark names a line that is there");
    must(!remark.message.empty() && remark.message.size() <= kMessageMax, "a remark has a length");
    must(is_plain_text(remark.message), "a remark is one printable line");
    must(!secret_is_kept || remark.message.find(kSecret) == std::string::npos,
         "a remark gives no password away (I5.3)");
    must(remark.line == 0 || control::to_text(kFile, remark)
                                 .starts_with("carp.ini:" + std::to_string(remark.line) + ": "),
         "a remark begins FILE:LINE (I1.2)");
  }
  must(std::ranges::is_sorted(remarks, {}, &Remark::line), "remarks come in the order of lines");
}

// What `unsupported` names is no part of the value.
[[nodiscard]] Config without_unsupported(Config config) {
  config.unsupported.clear();
  return config;
}

// Ports get numbers in the order of their names' coming.
[[nodiscard]] std::vector<InterfaceFacts> facts_of(const Config& config) {
  std::map<std::string, dataplane::PortId> ports;
  std::vector<InterfaceFacts> facts;
  for (const InterfaceConfig& interface : config.interfaces) {
    const auto next = static_cast<dataplane::PortId>(ports.size());
    const dataplane::PortId port = ports.emplace(interface.port, next).first->second;
    facts.push_back({port, {{0x02, 0, 0, 0, static_cast<uint8_t>(port), 3}}});
  }
  return facts;
}

// Links come up, and four seconds pass in steps.
void check_engine(const Config& config) {
  const dataplane::LeaseBoard leases;
  proto::TimePoint now{std::chrono::hours(1)};
  const std::vector<InterfaceFacts> facts = facts_of(config);
  Engine engine({.config = config, .facts = facts, .leases = &leases, .now = now, .seed = 1});
  Outbox out;
  for (const InterfaceFacts& fact : facts) engine.on_link(fact.port, true, now, out);
  for (int second = 0; second < 4; ++second, now += std::chrono::seconds(1)) {
    engine.begin_pass(now, out);
    for (const InterfaceFacts& fact : facts) engine.on_poll(fact.port, now);
    engine.on_applied(engine.generation());
    engine.advance(now, out);
  }
  must(engine.vhosts().size() == config.vhosts.size(), "every virtual host that was read is there");
}

[[nodiscard]] Surroundings surroundings() {
  static const std::map<std::string, std::string> kFiles = {
      {"/pass", "from a file\n"}, {"/empty", ""}, {"/zero", std::string(1, '\0')}};
  Surroundings result;
  result.readable_by_others = true;
  result.read_file = [](const std::string& path) -> net::Result<std::string, Unreadable> {
    const auto found = kFiles.find(path);
    if (found == kFiles.end()) return Unreadable{"No such file or directory"};
    return found->second;
  };
  return result;
}

// A line that grows beyond what a line may have is a fault of the result; then nothing is saved.
[[nodiscard]] bool has_long_line(std::string_view text) {
  constexpr size_t kNearlyTooLong = control::kConfigLineMax - 100;
  while (text.size() > kNearlyTooLong) {
    const size_t end = text.find('\n');
    if (std::min(end, text.size()) > kNearlyTooLong) return true;
    text.remove_prefix(end + 1);
  }
  return false;
}

// What it says is saved without a change; something else is there afterwards.
void check_saving(std::string_view text, Config config) {
  if (!config.unsupported.empty() || has_long_line(text)) return;
  const auto same = control::update_config("carp.ini", text, config, surroundings());
  must(same && same.value() == text, "a file that says what runs is not touched");
  config.sysctl.preempt = !config.sysctl.preempt;
  for (proto::VhostConfig& vhost : config.vhosts) {
    vhost.pace.advskew = static_cast<uint8_t>((vhost.pace.advskew + 1) % 255);
    vhost.key.bytes[0] ^= 1;
    std::ranges::reverse(vhost.addresses);
  }
  const auto saved = control::update_config("carp.ini", text, config, surroundings());
  must(saved.ok(), "what runs can be saved to a file that says something else");
}

}  // namespace

ReadConfig read_text(std::string_view text) { return control::read_config(text, surroundings()); }

void check_config(std::string_view text) {
  const ReadConfig read = read_text(text);
  must(read.config.has_value() == read.faults.empty(), "a text is accepted or has faults");
  check_remarks(text, read.faults);
  check_remarks(text, read.warnings);
  const ReadConfig again = read_text(text);
  must(
      again.config == read.config && again.faults == read.faults && again.warnings == read.warnings,
      "a text means the same each time");
  if (!read.config) return;

  const ReadConfig anew = read_text(ini_of(*read.config));
  must(anew.faults.empty(), "what was accepted is accepted when written out");
  must(without_unsupported(*anew.config) == without_unsupported(*read.config),
       "what was accepted means the same when written out");
  check_saving(text, *read.config);
  check_engine(*read.config);
}

}  // namespace carp::fuzz
