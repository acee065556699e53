// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/rc_conf.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "lib/control/config_password.h"
#include "lib/control/config_sections.h"
#include "lib/control/ifconfig_args.h"

namespace carp::control {
namespace {

constexpr std::string_view kCloned = "cloned_interfaces";
constexpr std::string_view kIfconfig = "ifconfig_";

// ifconfig_fxp0 or ifconfig_fxp0_alias3, taken apart.
struct IfconfigLine {
  int line = 0;
  std::string variable;
  std::string target;  // fxp0
  bool alias = false;
  std::vector<std::string> words;
};

// What stands behind the prefix, without _aliasN.
[[nodiscard]] IfconfigLine split_variable(const RcVariable& variable, int line) {
  constexpr std::string_view kAlias = "_alias";
  IfconfigLine result{line, variable.name, variable.name.substr(kIfconfig.size()), false,
                      split_words(variable.value)};
  const size_t alias = result.target.rfind(kAlias);
  if (alias == std::string::npos) return result;
  const std::string_view number = std::string_view(result.target).substr(alias + kAlias.size());
  if (number.empty() || number.find_first_not_of("0123456789") != number.npos) return result;
  result.target.resize(alias);
  result.alias = true;
  return result;
}

// FreeBSD writes an interface's name in a variable's name with '_' for what no variable may hold.
[[nodiscard]] std::string variable_form(std::string name) {
  std::ranges::replace_if(
      name, [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
}

// What has no place in a file that describes how things are.
[[nodiscard]] bool is_command(const IfconfigArgs& args) {
  return args.create || args.destroy || args.state ||
         std::ranges::any_of(args.addresses, [](const AddressChange& change) {
           return change.action == AddressAction::remove;
         });
}

[[nodiscard]] bool holds_addresses_only(const IfconfigArgs& args) {
  return !args.vhid && !args.advbase && !args.advskew && !args.key && args.up.value_or(true) &&
         !args.addresses.empty();
}

class RcConf {
 public:
  RcConf(Draft& draft, Findings& findings) : draft_(draft), findings_(findings) {}

  void read(const Section& section) {
    for (const Entry& entry : section.entries) read_line(entry);
    // An alias adds to a main line, wherever it stands.
    for (const IfconfigLine& line : lines_) {
      if (!line.alias) apply(line);
    }
    for (const IfconfigLine& line : lines_) {
      if (line.alias) apply(line);
    }
    if (all_readable_) check_cloned();
    for (const auto& [name, vhost] : vhosts_) finish(vhost);
  }

 private:
  void read_line(const Entry& entry) {
    const auto variable = parse_rc_line(entry.value);
    if (!variable) {
      all_readable_ = false;
      draft_.own_addresses_known = false;
      return findings_.fault(entry.line, variable.error());
    }
    const RcVariable& value = variable.value();
    if (!is_meaningful_rc_variable(value.name)) {
      return findings_.warn(entry.line, shown(value.name) + " means nothing here and is ignored");
    }
    const auto [first, is_new] = first_lines_.emplace(value.name, entry.line);
    if (!is_new) {
      findings_.fault(entry.line, shown(value.name) + ": given again (first in line " +
                                      std::to_string(first->second) + ")");
    } else if (value.name == kCloned) {
      for (std::string& name : split_words(value.value)) clone(name, entry.line);
    } else {
      lines_.push_back(split_variable(value, entry.line));
    }
  }

  void clone(const std::string& name, int line) {
    if (!is_vhost_name(name)) {
      findings_.warn(line, "cloned_interfaces: what is no carpN is ignored");
    } else {
      cloned_.insert(name);
    }
  }

  void apply(const IfconfigLine& line) {
    const bool is_vhost = is_vhost_name(line.target);
    const auto fault = [&](const std::string& message) {
      if (!is_vhost) draft_.own_addresses_known = false;
      findings_.fault(line.line, shown(line.variable) + ": " + message);
    };
    // The shell of some FreeBSD versions looks at these a second time.
    const bool special = std::ranges::any_of(line.words, holds_special);
    if (is_vhost && special) {
      failed_.insert(line.target);
      return fault(kPassNotCarried);
    }
    const auto args = parse_ifconfig_args(line.words);
    std::string why;
    if (!args) {
      why = args.error();
    } else if (is_command(args.value())) {
      why = "create, destroy, state and delete have no place in rc.conf";
    } else {
      why = is_vhost ? apply_to_vhost(line, args.value()) : apply_to_interface(line, args.value());
    }
    if (why.empty()) return;
    failed_.insert(line.target);
    fault(why);
  }

  [[nodiscard]] std::string apply_to_vhost(const IfconfigLine& line, const IfconfigArgs& args) {
    if (line.alias && failed_.contains(line.target)) return {};
    if (line.alias && !vhosts_.contains(line.target)) return "there is no ifconfig_" + line.target;
    if (line.alias && !holds_addresses_only(args)) return "only an address was expected";
    VhostDraft& vhost = vhosts_[line.target];
    if (!line.alias) describe(vhost, line, args);
    for (const AddressChange& change : args.addresses) {
      vhost.config.addresses.push_back(change.address);
      vhost.address_lines.push_back(line.line);
    }
    return {};
  }

  void describe(VhostDraft& vhost, const IfconfigLine& line, const IfconfigArgs& args) {
    proto::VhostConfig& config = vhost.config;
    vhost.line = line.line;
    config.name = line.target;
    config.vhid = args.vhid.value_or(0);
    config.pace.advbase = args.advbase.value_or(config.pace.advbase);
    config.pace.advskew = args.advskew.value_or(config.pace.advskew);
    config.key = args.key.value_or(config.key);
    config.up = args.up.value_or(true);
    if (!args.key) findings_.warn(line.line, no_password(line.target));
    if (args.key) draft_.note_password(line.line);
    if (args.pass_cut) findings_.warn(line.line, std::string(line.variable) + ": " + kPassCut);
  }

  [[nodiscard]] std::string apply_to_interface(const IfconfigLine& line, const IfconfigArgs& args) {
    const auto found = std::ranges::find_if(draft_.interfaces, [&](const InterfaceDraft& known) {
      return variable_form(known.config.name) == line.target;
    });
    if (found == draft_.interfaces.end()) {
      return "there is no [interface " + shown(line.target) + "] with its port";
    }
    if (!holds_addresses_only(args)) return "nothing but an own address was expected";
    for (const AddressChange& change : args.addresses) {
      found->config.addresses.push_back(change.address);
      found->address_lines.push_back(line.line);
    }
    return {};
  }

  // FreeBSD creates what is cloned and configures only what exists.
  void check_cloned() {
    const auto cloned_line = first_lines_.find(std::string(kCloned));
    for (const std::string& name : cloned_) {
      if (first_lines_.contains(std::string(kIfconfig) + name)) continue;
      findings_.fault(cloned_line->second, "cloned_interfaces: there is no ifconfig_" + name);
    }
    for (const auto& [name, vhost] : vhosts_) {
      if (cloned_.contains(name)) continue;
      findings_.fault(vhost.line,
                      name + " is not in cloned_interfaces: FreeBSD would not create it");
    }
  }

  void finish(const VhostDraft& vhost) {
    const std::string& name = vhost.config.name;
    if (vhost.config.vhid == 0) findings_.fault(vhost.line, "ifconfig_" + name + " lacks vhid");
    if (vhost.config.addresses.empty() && !failed_.contains(name)) {
      findings_.fault(vhost.line, "ifconfig_" + name + " lacks an address");
    }
    draft_.vhosts.push_back(vhost);
  }

  Draft& draft_;
  Findings& findings_;
  std::map<std::string, int> first_lines_;  // of each variable
  std::vector<IfconfigLine> lines_;
  bool all_readable_ = true;  // else nothing is concluded from what seems to be absent
  std::set<std::string> cloned_;
  std::set<std::string>
      failed_;  // targets with a faulty line: their other faults would only follow
  std::map<std::string, VhostDraft> vhosts_;
};

}  // namespace

void read_rc_conf(const Section& section, Draft& draft, Findings& findings) {
  RcConf(draft, findings).read(section);
}

bool is_meaningful_rc_variable(std::string_view name) {
  if (name == kCloned) return true;
  return name.size() > kIfconfig.size() && name.starts_with(kIfconfig) && !name.ends_with("_ipv6");
}

}  // namespace carp::control
