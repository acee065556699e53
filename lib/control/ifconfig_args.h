// SPDX-License-Identifier: BSD-3-Clause
//
// The words after `ifconfig carpN`, in rc.conf and on the console, with the grammar of FreeBSD's
// ifconfig(8) (I2.4, I3.3). Pure.
//
//   vhid N  advbase N  advskew N  pass WORD  up  down  state backup|master  create  destroy
//   [inet] ADDRESS/LENGTH | ADDRESS netmask MASK  [alias | add | -alias | delete | remove]
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/net/address.h"
#include "lib/net/result.h"
#include "lib/proto/vhost_config.h"

namespace carp::control {

// `set` replaces the first address, or is the first; at most one in a command.
enum class AddressAction : uint8_t { set, alias, remove };

struct AddressChange {
  net::Ipv4Prefix address;  // of one to remove only the address counts
  AddressAction action = AddressAction::set;
  [[nodiscard]] friend bool operator==(const AddressChange&, const AddressChange&) = default;
};

enum class ForcedState : uint8_t { backup, master };

// What a command asks for; absent: leave as it is.
struct IfconfigArgs {
  std::optional<uint8_t> vhid{};
  std::optional<uint8_t> advbase{};
  std::optional<uint8_t> advskew{};
  std::optional<proto::Key> key{};
  bool pass_cut = false;  // the pass phrase was longer than a key takes (D2): worth a warning
  std::vector<AddressChange> addresses{};
  std::optional<bool> up{};
  std::optional<ForcedState> state{};
  bool create = false;
  bool destroy = false;
  [[nodiscard]] friend bool operator==(const IfconfigArgs&, const IfconfigArgs&) = default;
};

// The first fault is the answer: "advskew: 300 is not in 0–254", "unknown parameter: X". It never
// holds a pass phrase, nor words that may be the rest of one.
[[nodiscard]] net::Result<IfconfigArgs, std::string> parse_ifconfig_args(
    std::span<const std::string> words);

// The words that may follow these, of those that the grammar knows; for whoever types them.
struct NextWords {
  std::vector<std::string_view> words{};
  bool is_secret = false;  // a pass phrase follows, which is any text
};
[[nodiscard]] NextWords next_ifconfig_words(std::span<const std::string> words);

}  // namespace carp::control
