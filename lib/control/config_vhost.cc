// SPDX-License-Identifier: BSD-3-Clause
//
// The keys of [carpN] (I2.3).
#include <algorithm>
#include <cctype>

#include "lib/control/config_password.h"
#include "lib/control/config_sections.h"
#include "lib/control/config_values.h"

namespace carp::control {
namespace {

constexpr size_t kUnitDigitsMax = 5;
constexpr std::string_view kNamePrefix = "carp";

[[nodiscard]] std::string take_peer(const Entry& entry) {
  const auto peer = parse_address(entry.value);
  if (!peer) return peer.error();
  return why_no_host({peer.value(), 32});
}

}  // namespace

bool is_vhost_name(std::string_view name) {
  if (!name.starts_with(kNamePrefix)) return false;
  const std::string_view unit = name.substr(kNamePrefix.size());
  if (unit.empty() || unit.size() > kUnitDigitsMax) return false;
  if (unit.size() > 1 && unit[0] == '0') return false;
  return std::ranges::all_of(unit, [](unsigned char c) { return std::isdigit(c) != 0; });
}

void read_vhost(const Section& section, const Surroundings& surroundings, Draft& draft,
                Findings& findings) {
  draft.vhosts.push_back({});
  VhostDraft& vhost = draft.vhosts.back();
  proto::VhostConfig& config = vhost.config;
  config.name = section.kind;
  vhost.line = section.line;

  Keys keys;
  keys.once("vhid", whole(config.vhid, 1, 255));
  keys.once("advbase", whole(config.pace.advbase, 0, 255));
  keys.once("advskew", whole(config.pace.advskew, 0, proto::kSkewMax));
  add_password_keys(keys, config.key, surroundings, findings);
  keys.many("address", address_list(config.addresses, vhost.address_lines));
  keys.once("interface", [&](const Entry& entry) {
    config.interface = entry.value;
    return std::string();
  });
  keys.many("peer", take_peer);
  keys.once("up", yes_no(config.up));
  keys.once("address_order",
            choice(config.address_order, {{"sorted", proto::AddressOrder::sorted},
                                          {"configured", proto::AddressOrder::configured}}));
  keys.once("arp_source", choice(config.arp_source, {{"virtual_mac", proto::ArpSource::virtual_mac},
                                                     {"port", proto::ArpSource::port}}));
  keys.once("replay", choice(config.replay, {{"window", proto::ReplayPolicy::window},
                                             {"off", proto::ReplayPolicy::off}}));
  keys.once("openbsd_demotion", yes_no(config.openbsd_demotion));
  vhost.keys = keys.read(section, findings);

  check_one_password(vhost.keys, section, findings);
  for (const auto* name : {"vhid", "address"}) {
    if (!vhost.keys.has(name)) findings.fault(section.line, section.title() + " lacks " + name);
  }
  for (const auto* name : {"pass", "pass_hex"}) {
    if (vhost.keys.has(name)) draft.note_password(vhost.keys.line_of(name, section.line));
  }
  if (vhost.keys.has("peer")) draft.config.unsupported.push_back(section.title() + " peer");
}

}  // namespace carp::control
