// SPDX-License-Identifier: BSD-3-Clause
//
// `sysctl`, with the names and the wording of FreeBSD's sysctl(8) (I2.1, I3.3).
#include <algorithm>
#include <array>
#include <optional>

#include "lib/control/commands.h"
#include "lib/control/commands_reply.h"
#include "lib/control/config_values.h"

namespace carp::control {
namespace {

constexpr std::string_view kTree = "net.inet.carp";

struct Oid {
  std::string_view name;
  int max;  // of what may be written; the least is 0
  int (*get)(const Engine&);
  void (*set)(Sysctl&, int);  // null: read-only
};

constexpr std::array kOids{
    Oid{"net.inet.carp.allow", 1, [](const Engine& e) { return int{e.config().sysctl.allow}; },
        [](Sysctl& sysctl, int value) { sysctl.allow = value != 0; }},
    Oid{"net.inet.carp.preempt", 1, [](const Engine& e) { return int{e.config().sysctl.preempt}; },
        [](Sysctl& sysctl, int value) { sysctl.preempt = value != 0; }},
    Oid{"net.inet.carp.log", 2, [](const Engine& e) { return e.config().sysctl.log; },
        [](Sysctl& sysctl, int value) { sysctl.log = value; }},
    Oid{"net.inet.carp.arpbalance", 1,
        [](const Engine& e) { return int{e.config().sysctl.arpbalance}; },
        [](Sysctl& sysctl, int value) { sysctl.arpbalance = value != 0; }},
    // The number of causes, as F6 counts them (D10, C154).
    Oid{"net.inet.carp.suppress_preempt", 0, [](const Engine& e) { return e.demotion().count(); },
        nullptr},
};

[[nodiscard]] std::string line_of(std::string_view name, int value) {
  return std::string(name) + ": " + std::to_string(value) + '\n';
}

[[nodiscard]] Reply unknown_oid(std::string_view name) {
  const bool is_name = name.starts_with("net.");
  return error("sysctl: unknown oid" + (is_name ? " '" + shown(name) + "'" : "") +
               "; sysctl net.inet.carp lists them");
}

}  // namespace

// Several names and assignments in one command are done in their order, up to the first error.
Reply Commands::sysctl(const Call& call) {
  if (call.args.empty()) return error("usage: sysctl NAME[=VALUE] ...");
  std::string text;
  for (const std::string_view word : call.args) {
    const size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    Reply reply = equals == std::string_view::npos
                      ? read_sysctl(name)
                      : write_sysctl(name, word.substr(equals + 1), call);
    text += reply.text;
    reply.text = text;
    if (reply.error) return reply;
  }
  return answer(std::move(text));
}

Reply Commands::read_sysctl(std::string_view name) const {
  std::string text;
  for (const Oid& oid : kOids) {
    if (oid.name == name || name == kTree) text += line_of(oid.name, oid.get(engine_));
  }
  return text.empty() ? unknown_oid(name) : answer(std::move(text));
}

Reply Commands::write_sysctl(std::string_view name, std::string_view value, const Call& call) {
  const auto oid = std::ranges::find(kOids, name, &Oid::name);
  if (oid == kOids.end()) return unknown_oid(name);
  const std::string subject(oid->name);
  if (oid->set == nullptr) return error("sysctl: oid '" + subject + "' is read only");
  if (call.access != Access::change) return denied();
  const auto number = parse_whole(value, 0, static_cast<uint32_t>(oid->max));
  if (!number) return error(subject + ": " + number.error());
  const int before = oid->get(engine_);
  const int after = static_cast<int>(number.value());
  Sysctl changed = engine_.config().sysctl;
  oid->set(changed, after);
  if (after != before) engine_.set_sysctl(changed, call.now, call.out);
  return answer(subject + ": " + std::to_string(before) + " -> " + std::to_string(after) + '\n');
}

// A value may follow each of them without a blank.
Completion Commands::follow_sysctl(std::span<const std::string>) const {
  Completion choice{.words = {std::string(kTree)}, .after = ""};
  for (const Oid& oid : kOids) choice.words.emplace_back(oid.name);
  return choice;
}

}  // namespace carp::control
