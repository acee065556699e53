// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/config_settings.h"

#include <algorithm>
#include <type_traits>

#include "lib/control/config_password.h"
#include "lib/net/bytes.h"
#include "lib/proto/key.h"

namespace carp::control {
namespace {

using proto::VhostConfig;

[[nodiscard]] std::string text_of(bool yes) { return yes ? "yes" : "no"; }
[[nodiscard]] std::string text_of(const std::string& text) { return text; }
[[nodiscard]] std::string text_of(std::chrono::seconds time) {
  return std::to_string(time.count());
}
[[nodiscard]] std::string text_of(int number) { return std::to_string(number); }
[[nodiscard]] std::string text_of(uint32_t number) { return std::to_string(number); }
[[nodiscard]] std::string text_of(HostMode mode) {
  constexpr const char* kWords[] = {"none", "tap", "virtio_user"};
  return kWords[static_cast<int>(mode)];
}
[[nodiscard]] std::string text_of(MacFilter filter) {
  constexpr const char* kWords[] = {"auto", "on", "off"};
  return kWords[static_cast<int>(filter)];
}
[[nodiscard]] std::string text_of(Idle idle) {
  constexpr const char* kWords[] = {"poll", "pause", "sleep"};
  return kWords[static_cast<int>(idle)];
}
[[nodiscard]] std::string text_of(proto::AddressOrder order) {
  return order == proto::AddressOrder::sorted ? "sorted" : "configured";
}
[[nodiscard]] std::string text_of(proto::ArpSource source) {
  return source == proto::ArpSource::virtual_mac ? "virtual_mac" : "port";
}
[[nodiscard]] std::string text_of(proto::ReplayPolicy policy) {
  return policy == proto::ReplayPolicy::window ? "window" : "off";
}
[[nodiscard]] std::string text_of(const std::optional<Endpoint>& listen) {
  if (!listen) return "off";
  return net::to_string(listen->address) + ':' + std::to_string(listen->port);
}

template <typename T>
[[nodiscard]] constexpr ValueKind kind_of() {
  if (std::is_same_v<T, bool>) return ValueKind::yes_no;
  const bool is_number = std::is_integral_v<T> || std::is_same_v<T, std::chrono::seconds>;
  return is_number ? ValueKind::number : ValueKind::text;
}

template <typename T>
[[nodiscard]] Setting setting(std::string key, const T& value) {
  return {std::move(key), {text_of(value)}, false, kind_of<T>()};
}

template <typename T>
[[nodiscard]] Setting setting(std::string key, const T& value, const T& usual) {
  return {std::move(key), {text_of(value)}, value == usual, kind_of<T>()};
}

template <typename T>
[[nodiscard]] Setting optional_setting(std::string key, const std::optional<T>& value) {
  if (!value) return {std::move(key), {}, true, kind_of<T>()};
  return setting(std::move(key), *value);
}

[[nodiscard]] Setting address_setting(const std::vector<net::Ipv4Prefix>& addresses) {
  Setting setting{"address", {}, addresses.empty(), ValueKind::list};
  for (const net::Ipv4Prefix& prefix : addresses) setting.values.push_back(net::to_string(prefix));
  return setting;
}

// Can a line of carp.ini carry these bytes as a pass phrase (I2.5)?
[[nodiscard]] bool is_pass_phrase(std::string_view pass) {
  const bool is_text = std::ranges::all_of(pass, [](char c) { return c >= ' ' && c <= '~'; });
  return is_text && !pass.empty() && pass.size() <= proto::kPassBytesMax && !holds_special(pass) &&
         pass.front() != ' ' && pass.back() != ' ';
}

[[nodiscard]] Setting pass_setting(const proto::Key& key, Passwords passwords) {
  const auto& bytes = key.bytes;
  const auto last = std::find_if(bytes.rbegin(), bytes.rend(), [](uint8_t b) { return b != 0; });
  const auto size = static_cast<size_t>(bytes.rend() - last);
  if (size == 0) return {"pass", {}, true};
  if (passwords == Passwords::hidden) return {"pass", {kHiddenPass}};
  const std::string_view pass(reinterpret_cast<const char*>(bytes.data()), size);
  if (is_pass_phrase(pass)) return {"pass", {std::string(pass)}};
  return {"pass_hex", {net::to_hex({bytes.data(), size})}};
}

}  // namespace

Settings settings_of(const Sysctl& sysctl) {
  return {
      setting<int>("net.inet.carp.allow", sysctl.allow),
      setting<int>("net.inet.carp.preempt", sysctl.preempt),
      setting<int>("net.inet.carp.log", sysctl.log),
      setting<int>("net.inet.carp.arpbalance", sysctl.arpbalance),
  };
}

Settings settings_of(const InterfaceConfig& interface) {
  const InterfaceConfig usual;
  return {
      setting("port", interface.port),
      address_setting(interface.addresses),
      setting<int>("vlan", interface.vlan, usual.vlan),
      setting("host", interface.host, usual.host),
      setting("host_name", interface.host_name, interface.name),
      optional_setting("mtu", interface.mtu),
      optional_setting("rx_descriptors", interface.rx_descriptors),
      optional_setting("tx_descriptors", interface.tx_descriptors),
      setting("link_hold", interface.link_hold, usual.link_hold),
      setting("mac_filter", interface.mac_filter, usual.mac_filter),
  };
}

Settings settings_of(const VhostConfig& vhost, Passwords passwords) {
  const VhostConfig usual;
  return {
      setting<int>("vhid", vhost.vhid, usual.vhid),
      setting("advbase", vhost.pace.advbase),
      setting("advskew", vhost.pace.advskew),
      pass_setting(vhost.key, passwords),
      address_setting(vhost.addresses),
      setting("interface", vhost.interface, usual.interface),
      setting("up", vhost.up, usual.up),
      setting("address_order", vhost.address_order, usual.address_order),
      setting("arp_source", vhost.arp_source, usual.arp_source),
      setting("replay", vhost.replay, usual.replay),
      setting("openbsd_demotion", vhost.openbsd_demotion, usual.openbsd_demotion),
  };
}

std::vector<SettingSection> sections_of(const Config& config, Passwords passwords) {
  const WorkersConfig& workers = config.workers;
  const ControlConfig& control = config.control;
  const GlobalConfig& global = config.global;
  std::vector<SettingSection> sections;
  sections.push_back({"sysctl", "", settings_of(config.sysctl)});
  for (const InterfaceConfig& interface : config.interfaces)
    sections.push_back({"interface", interface.name, settings_of(interface)});
  for (const VhostConfig& vhost : config.vhosts)
    sections.push_back({vhost.name, "", settings_of(vhost, passwords)});
  sections.push_back(
      {"workers",
       "",
       {setting("idle", workers.idle), setting("burst", workers.burst),
        setting("arp_limit", workers.arp_limit), setting("echo_limit", workers.echo_limit)}});
  sections.push_back({"control",
                      "",
                      {setting("listen", control.listen), setting("socket", control.socket),
                       optional_setting("password_file", control.password_file),
                       setting("idle_timeout", control.idle_timeout)}});
  sections.push_back({"metrics", "", {setting("listen", config.metrics.listen)}});
  sections.push_back({"gratuitous", "", {setting("refresh", global.gratuitous_refresh)}});
  sections.push_back(
      {"global",
       "",
       {setting("startup_hold", global.startup_hold),
        setting("preempt_delay", global.preempt_delay), setting("state_dir", global.state_dir),
        setting("transition", global.transition)}});
  if (const HooksConfig& hooks = config.hooks; hooks != HooksConfig{})
    sections.push_back(
        {"hooks",
         "",
         {{"state_change", hooks.state_change, hooks.state_change.empty(), ValueKind::list},
          setting("timeout", hooks.timeout)}});
  for (const TrackConfig& track : config.tracks)
    sections.push_back({"track",
                        track.name,
                        {setting("command", track.command), setting("interval", track.interval),
                         setting("timeout", track.timeout), setting("rise", track.rise),
                         setting("fall", track.fall), setting("demotion", track.demotion)}});
  return sections;
}

std::string text_of(const SettingSection& section) {
  std::string text = '[' + section.kind + (section.name.empty() ? "" : ' ' + section.name) + "]\n";
  for (const Setting& setting : section.settings)
    for (const std::string& value : setting.values)
      if (!setting.is_usual) text += setting.key + " = " + value + '\n';
  return text;
}

std::string section_text(const VhostConfig& vhost, Passwords passwords) {
  return text_of(SettingSection{vhost.name, "", settings_of(vhost, passwords)});
}

std::string config_text(const Config& config, Passwords passwords) {
  std::string text;
  for (const SettingSection& section : sections_of(config, passwords))
    text += (text.empty() ? "" : "\n") + text_of(section);
  return text;
}

}  // namespace carp::control
