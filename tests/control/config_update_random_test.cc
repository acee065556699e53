// SPDX-License-Identifier: BSD-3-Clause
//
// Any configuration saved to any file that says another one (I3.5): then the file says it, a reload
// finds no difference, and whatever did not have to change is there.
#include <algorithm>
#include <random>

#include "lib/control/config_lines.h"
#include "lib/control/config_settings.h"
#include "lib/control/reconfigure.h"
#include "lib/proto/key.h"
#include "tests/control/config_update_scene.h"

namespace carp::control {
namespace {

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  unsigned below(unsigned count) { return static_cast<unsigned>(random_() % count); }
  bool flip() { return below(2) == 0; }

 private:
  std::mt19937 random_;
};

[[nodiscard]] proto::VhostConfig roll_vhost(Dice& dice, unsigned unit) {
  proto::VhostConfig vhost{.name = "carp" + std::to_string(unit)};
  const unsigned lan = dice.below(2);
  vhost.interface = "lan" + std::to_string(lan);
  vhost.vhid = static_cast<uint8_t>(1 + unit);
  vhost.pace = {static_cast<uint8_t>(dice.below(256)), static_cast<uint8_t>(dice.below(255))};
  const char* passes[] = {"", "testpass", "a b", "x#y", " blank", "nineteen bytes long"};
  vhost.key = proto::key_from_pass(passes[dice.below(6)]);
  if (dice.below(4) == 0)
    for (uint8_t& byte : vhost.key.bytes) byte = static_cast<uint8_t>(dice.below(256));
  for (unsigned i = 0; i <= dice.below(4); ++i) {
    const net::Ipv4Prefix address{{0x0a000a00u | lan << 16 | unit << 4 | i}, 16};
    if (std::ranges::find(vhost.addresses, address) == vhost.addresses.end())
      vhost.addresses.insert(vhost.addresses.begin() + (dice.flip() ? 0 : i / 2), address);
  }
  vhost.up = dice.flip();
  vhost.address_order = dice.flip() ? proto::AddressOrder::sorted : proto::AddressOrder::configured;
  vhost.arp_source = dice.flip() ? proto::ArpSource::virtual_mac : proto::ArpSource::port;
  vhost.replay = dice.flip() ? proto::ReplayPolicy::window : proto::ReplayPolicy::off;
  vhost.openbsd_demotion = dice.flip();
  return vhost;
}

[[nodiscard]] Config roll_config(Dice& dice) {
  Config config;
  for (unsigned lan = 0; lan < 2; ++lan) {
    const std::string name = "lan" + std::to_string(lan);
    config.interfaces.push_back({.name = name,
                                 .port = "p" + std::to_string(lan),
                                 .addresses = {{{0x0a000001u | lan << 16}, 16}},
                                 .host_name = name});
  }
  for (unsigned unit = 0; unit < 8; ++unit)
    if (dice.flip()) config.vhosts.push_back(roll_vhost(dice, unit));
  config.sysctl = {dice.flip(), dice.flip(), static_cast<int>(dice.below(3)), dice.flip()};
  return config;
}

// A file that says it, as people write files: comments and blank lines anywhere, a virtual host
// that rc.conf can say there now and then.
[[nodiscard]] std::string roll_text(Dice& dice, const Config& config) {
  Config in_sections = config;
  std::string rc_conf;
  std::string cloned;
  std::erase_if(in_sections.vhosts, [&](const proto::VhostConfig& vhost) {
    const proto::VhostConfig plain{.name = vhost.name,
                                   .interface = vhost.interface,
                                   .vhid = vhost.vhid,
                                   .pace = vhost.pace,
                                   .addresses = vhost.addresses};
    if (vhost != plain) return false;
    cloned += ' ' + vhost.name;
    rc_conf += "ifconfig_" + vhost.name + "=\"vhid " + std::to_string(vhost.vhid) + " advbase " +
               std::to_string(vhost.pace.advbase) + " advskew " +
               std::to_string(vhost.pace.advskew) + ' ' + to_string(vhost.addresses[0]) + "\"\n";
    for (size_t i = 1; i < vhost.addresses.size(); ++i)
      rc_conf += "ifconfig_" + vhost.name + "_alias" + std::to_string(i - 1) + "=\"" +
                 to_string(vhost.addresses[i]) + "\"\n";
    return true;
  });
  std::string text = config_text(in_sections, Passwords::shown);
  if (!cloned.empty()) text += "[rc.conf]\ncloned_interfaces=\"" + cloned + "\"\n" + rc_conf;
  std::string commented;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at) + 1;
    if (dice.below(3) == 0) commented += "# note " + std::to_string(dice.below(1000)) + '\n';
    if (dice.below(9) == 0) commented += '\n';
    commented += text.substr(at, end - at);
    at = end;
  }
  return commented;
}

[[nodiscard]] Config roll_change(Dice& dice, const Config& config) {
  Config changed = roll_config(dice);
  // Most stay as they are, or nearly.
  for (proto::VhostConfig& vhost : changed.vhosts) {
    const auto same = std::ranges::find(config.vhosts, vhost.name, &proto::VhostConfig::name);
    if (same == config.vhosts.end() || dice.below(4) == 0) continue;
    const proto::VhostConfig rolled = std::exchange(vhost, *same);
    if (dice.below(3) == 0) vhost.pace = rolled.pace;
    if (dice.below(3) == 0) vhost.key = rolled.key;
  }
  return changed;
}

[[nodiscard]] std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// All lines, comments too, but for the sections that have to change.
[[nodiscard]] std::vector<std::string> lines_that_stay(const std::string& text, const Config& said,
                                                       const Config& wanted) {
  std::vector<std::string> lines = lines_of(text);
  Findings none;
  for (const Section& section : split_sections(text, none)) {
    const auto before = std::ranges::find(said.vhosts, section.kind, &proto::VhostConfig::name);
    const auto now = std::ranges::find(wanted.vhosts, section.kind, &proto::VhostConfig::name);
    const bool stays = before != said.vhosts.end() && now != wanted.vhosts.end() && *before == *now;
    if (section.kind.starts_with("carp") && !stays)
      for (int line = section.line; line <= section.entries.back().line; ++line)
        lines[static_cast<size_t>(line) - 1].clear();
    if (section.kind == "sysctl" || section.kind == "rc.conf")
      for (const Entry& entry : section.entries) lines[static_cast<size_t>(entry.line) - 1].clear();
  }
  std::erase(lines, "");
  return lines;
}

TEST(ConfigUpdate, AnyConfigurationCanBeSavedToAnyFile) {
  for (unsigned seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    const Config said = roll_config(dice);
    const std::string text = roll_text(dice, said);
    const Config read = config_of(text);
    const Config wanted = roll_change(dice, read);
    const std::string updated = update(text, wanted);
    ASSERT_FALSE(updated.empty()) << text;

    // It checks, a reload of it finds no difference, and saving once more changes no byte.
    const Config anew = config_of(updated);
    const auto difference = reconfigure(wanted, anew);
    ASSERT_TRUE(difference);
    EXPECT_TRUE(difference.value().changes.empty()) << difference.value().changes.front();
    EXPECT_TRUE(difference.value().left.empty());
    EXPECT_EQ(update(updated, wanted), updated);

    // What stays is there, in its order.
    const std::vector<std::string> lines = lines_of(updated);
    auto place = lines.begin();
    for (const std::string& line : lines_that_stay(text, read, wanted)) {
      place = std::find(place, lines.end(), line);
      ASSERT_NE(place, lines.end()) << line << " in\n" << updated;
      ++place;
    }
  }
}

}  // namespace
}  // namespace carp::control
