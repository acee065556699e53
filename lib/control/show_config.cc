// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/show_config.h"

#include <utility>

#include "lib/control/config_settings.h"
#include "lib/control/reconfigure_engine.h"
#include "lib/control/show_json_list.h"

namespace carp::control {
namespace {

[[nodiscard]] Json value_of(ValueKind kind, const std::string& text) {
  switch (kind) {
    case ValueKind::number: return std::stoll(text);
    case ValueKind::yes_no: return text == "yes";
    case ValueKind::text:
    case ValueKind::list: break;
  }
  return text;
}

[[nodiscard]] Json value_of(const Setting& setting) {
  if (setting.kind == ValueKind::list) return setting.values;
  return setting.values.empty() ? Json() : value_of(setting.kind, setting.values.front());
}

[[nodiscard]] Json object_of(const Settings& settings, const std::string& name) {
  Json object = Json::object();
  if (!name.empty()) object["name"] = name;
  for (const Setting& setting : settings) object[setting.key] = value_of(setting);
  return object;
}

// All but the virtual hosts, which come one by one.
[[nodiscard]] std::vector<SettingSection> other_sections(const Engine& engine) {
  Config config = engine.config();
  config.vhosts.clear();
  return sections_of(config, Passwords::hidden);
}

[[nodiscard]] std::vector<std::string> names_in_file_order(const Engine& engine) {
  std::vector<std::string> names;
  names.reserve(engine.vhosts().size());
  for (const VhostEntry* entry : in_file_order(engine)) names.push_back(entry->config.name);
  return names;
}

[[nodiscard]] bool stands_before_vhosts(const SettingSection& section) {
  return section.kind == "sysctl" || section.kind == "interface";
}

}  // namespace

Pieces config_text(const ShowInput& input) {
  std::string before;
  std::string after;
  for (const SettingSection& section : other_sections(input.engine)) {
    if (stands_before_vhosts(section))
      before += (before.empty() ? "" : "\n") + text_of(section);
    else
      after += '\n' + text_of(section);
  }
  std::vector<std::string> names = names_in_file_order(input.engine);
  const size_t count = names.size() + 2;
  return entries_in_pieces(
      count, [names = std::move(names), before = std::move(before), after = std::move(after)](
                 const ShowInput& input, size_t number, std::string& text) {
        if (number == 0) {
          text += before;
        } else if (number > names.size()) {
          text += after;
        } else if (const VhostEntry* entry = input.engine.find_vhost(names[number - 1])) {
          text += '\n' + section_text(entry->config, Passwords::hidden);
        }
      });
}

Pieces config_json(const ShowInput& input) {
  Json config;
  config["sysctl"] = Json::object();
  config["interfaces"] = Json::array();
  config["vhosts"] = Json::array();
  config["tracks"] = Json::array();
  for (const auto& [kind, name, settings] : other_sections(input.engine)) {
    if (kind == "interface") {
      config["interfaces"].push_back(object_of(settings, name));
    } else if (kind == "track") {
      config["tracks"].push_back(object_of(settings, name));
    } else {
      config[kind] = object_of(settings, "");
    }
  }
  std::vector<std::string> names = names_in_file_order(input.engine);
  const Part part = part_of({}, names.size());
  return list_in_pieces(
      Json{{"config", config}}, "vhosts", part,
      [names = std::move(names)](const ShowInput& input, size_t number) -> std::optional<Json> {
        const VhostEntry* entry = input.engine.find_vhost(names[number]);
        if (entry == nullptr) return std::nullopt;
        return object_of(settings_of(entry->config, Passwords::hidden), entry->config.name);
      });
}

}  // namespace carp::control
