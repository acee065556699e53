// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/show_config.h"

#include <nlohmann/json.hpp>

#include "lib/control/config_sections.h"
#include "lib/control/config_settings.h"
#include "lib/control/reconfigure_engine.h"

namespace carp::control {
namespace {

using Json = nlohmann::ordered_json;

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

}  // namespace

std::string config_text(const ShowInput& input) {
  return config_text(running_config(input.engine), Passwords::hidden);
}

std::string config_json(const ShowInput& input) {
  Json config;
  config["sysctl"] = Json::object();
  config["interfaces"] = Json::array();
  config["vhosts"] = Json::array();
  config["tracks"] = Json::array();
  for (const auto& [kind, name, settings] :
       sections_of(running_config(input.engine), Passwords::hidden)) {
    if (is_vhost_name(kind)) {
      config["vhosts"].push_back(object_of(settings, kind));
    } else if (kind == "interface") {
      config["interfaces"].push_back(object_of(settings, name));
    } else if (kind == "track") {
      config["tracks"].push_back(object_of(settings, name));
    } else {
      config[kind] = object_of(settings, "");
    }
  }
  return Json{{"config", config}}.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace carp::control
