// SPDX-License-Identifier: BSD-3-Clause
//
// A configuration as the lines of carp.ini that say it: the way back from values to text. Used to
// show it and to save it. Pure.
#pragma once

#include <string>
#include <vector>

#include "lib/control/config.h"

namespace carp::control {

enum class ValueKind : uint8_t { text, number, yes_no, list };

// One key of a section with all its values, as text. No value: the key does not stand there.
struct Setting {
  std::string key;
  std::vector<std::string> values;
  bool is_usual = false;  // it is the default: nobody has to write it
  ValueKind kind = ValueKind::text;
  [[nodiscard]] friend bool operator==(const Setting&, const Setting&) = default;
};

using Settings = std::vector<Setting>;

// What stands where a password would (I3.4).
inline constexpr const char* kHiddenPass = "********";
enum class Passwords : uint8_t { shown, hidden };

// [kind name].
struct SettingSection {
  std::string kind;  // carpN for a virtual host
  std::string name;  // of an interface or a health check; else empty
  Settings settings;
};

// All keys of a section, in an order that is the same each time. The password comes as `pass`, or
// as `pass_hex` where `pass` cannot carry it (I2.5).
[[nodiscard]] Settings settings_of(const Sysctl& sysctl);
[[nodiscard]] Settings settings_of(const InterfaceConfig& interface);
[[nodiscard]] Settings settings_of(const proto::VhostConfig& vhost, Passwords passwords);

// The whole configuration, in the order of a file.
[[nodiscard]] std::vector<SettingSection> sections_of(const Config& config, Passwords passwords);

// "[carp0]\nvhid = 1\n...", of a section, of a virtual host alone and of everything. Requires:
// passwords are shown where it shall be read again.
[[nodiscard]] std::string text_of(const SettingSection& section);
[[nodiscard]] std::string section_text(const proto::VhostConfig& vhost, Passwords passwords);
[[nodiscard]] std::string config_text(const Config& config, Passwords passwords);

}  // namespace carp::control
