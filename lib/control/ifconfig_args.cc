// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/ifconfig_args.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <utility>

#include "lib/control/config_password.h"
#include "lib/control/config_values.h"

namespace carp::control {
namespace {

// The length of 255.255.255.0 or 0xffffff00; nothing where the mask has holes or is empty.
[[nodiscard]] std::optional<uint8_t> parse_netmask(std::string_view text) {
  uint32_t mask = 0;
  if (text.starts_with("0x")) {
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data() + 2, last, mask, 16);
    if (error != std::errc{} || end != last) return std::nullopt;
  } else if (const auto dotted = net::parse_ipv4(text)) {
    mask = dotted->value;
  }
  const int length = std::countl_one(mask);
  if (length == 0 || std::popcount(mask) != length) return std::nullopt;
  return static_cast<uint8_t>(length);
}

[[nodiscard]] AddressAction action_of(std::string_view word) {
  return word == "alias" || word == "add" ? AddressAction::alias : AddressAction::remove;
}

// What stands behind a word.
enum class Follows : uint8_t { anything, value, secret, state };
constexpr std::array<std::string_view, 2> kStates{"master", "backup"};

// Goes through the words once. Its steps answer what is wrong, or nothing.
class Reader {
 public:
  explicit Reader(std::span<const std::string> words) : words_(words) {}

  // A word of the grammar, and what stands behind it.
  struct Parameter {
    std::string_view word;
    Follows follows;
    std::string (Reader::*read)(const std::string& word);
  };
  static const std::span<const Parameter> kParameters;
  [[nodiscard]] static const Parameter* find(std::string_view word) {
    const auto found = std::ranges::find(kParameters, word, &Parameter::word);
    return found == kParameters.end() ? nullptr : &*found;
  }

  [[nodiscard]] net::Result<IfconfigArgs, std::string> read() {
    while (next_ < words_.size()) {
      std::string fault = read_parameter(words_[next_++]);
      if (!fault.empty()) return fault;
    }
    std::string fault = finish();
    if (!fault.empty()) return fault;
    return args_;
  }

 private:
  // An address whose mask or action may still follow.
  struct Pending {
    net::Ipv4Address address;
    std::optional<uint8_t> length;
    AddressAction action = AddressAction::set;
  };

  [[nodiscard]] std::string read_parameter(const std::string& word) {
    const Parameter* parameter = find(word);
    return parameter != nullptr ? (this->*parameter->read)(word) : read_address(word);
  }

  // The next word, or null at the end.
  [[nodiscard]] const std::string* take() {
    return next_ < words_.size() ? &words_[next_++] : nullptr;
  }

  [[nodiscard]] std::string read_vhid(const std::string& word) {
    return read_number(word, args_.vhid, 1, 255);
  }
  [[nodiscard]] std::string read_advbase(const std::string& word) {
    return read_number(word, args_.advbase, 0, 255);
  }
  [[nodiscard]] std::string read_advskew(const std::string& word) {
    return read_number(word, args_.advskew, 0, proto::kSkewMax);
  }

  [[nodiscard]] std::string read_number(const std::string& name, std::optional<uint8_t>& target,
                                        uint32_t min, uint32_t max) {
    const std::string* word = take();
    const auto number = parse_whole(word != nullptr ? *word : "", min, max);
    if (!number) return name + ": " + number.error();
    target = static_cast<uint8_t>(number.value());
    return {};
  }

  [[nodiscard]] std::string read_pass(const std::string&) {
    const std::string* word = take();
    if (word == nullptr || word->empty()) return "pass: a pass phrase was expected";
    const PassKey pass = pass_key(*word);
    args_.key = pass.key;
    args_.pass_cut = pass.cut;
    after_pass_ = next_;
    return {};
  }

  [[nodiscard]] std::string read_state(const std::string&) {
    const std::string* word = take();
    if (word != nullptr && *word == kStates[0]) {
      args_.state = ForcedState::master;
    } else if (word != nullptr && *word == kStates[1]) {
      args_.state = ForcedState::backup;
    } else {
      return "state: master or backup was expected";
    }
    return {};
  }

  [[nodiscard]] std::string read_netmask(const std::string&) {
    const std::string* word = take();
    if (addresses_.empty() || addresses_.back().length) {
      return "netmask: an address without a length was expected before it";
    }
    addresses_.back().length = parse_netmask(word != nullptr ? *word : "");
    if (!addresses_.back().length) return "netmask: 255.255.255.0 or 0xffffff00 was expected";
    return {};
  }

  [[nodiscard]] std::string read_up_down(const std::string& word) {
    args_.up = word == "up";
    return {};
  }
  [[nodiscard]] std::string read_create(const std::string&) {
    args_.create = true;
    return {};
  }
  [[nodiscard]] std::string read_destroy(const std::string&) {
    args_.destroy = true;
    return {};
  }

  [[nodiscard]] std::string read_inet(const std::string&) {
    return next_ == words_.size() ? "inet: an address was expected" : "";
  }

  // `alias ADDRESS` means the same as `ADDRESS alias`.
  [[nodiscard]] std::string read_action(const std::string& word) {
    const AddressAction action = action_of(word);
    if (!addresses_.empty() && addresses_.back().action == AddressAction::set) {
      addresses_.back().action = action;
    } else if (next_ < words_.size() && leading_action_ == AddressAction::set) {
      leading_action_ = action;
    } else {
      return word + ": an address was expected";
    }
    return {};
  }

  [[nodiscard]] std::string read_address(const std::string& word) {
    const auto prefix = net::parse_ipv4_prefix(word);
    const auto address = prefix ? std::optional(prefix->address) : net::parse_ipv4(word);
    if (!address) return unknown(word);
    Pending pending{*address, std::nullopt, std::exchange(leading_action_, AddressAction::set)};
    if (prefix) pending.length = prefix->length;
    addresses_.push_back(pending);
    return {};
  }

  // What follows a pass phrase with a blank in it, or grew on to the word, is not repeated.
  [[nodiscard]] std::string unknown(const std::string& word) const {
    if (word == "inet6") return std::string("inet6: ") + kNoIpv6;
    if (after_pass_ == next_ - 1) return "unknown parameter after the pass phrase";
    if (word.starts_with("pass")) return "unknown parameter: pass...";
    if (word.find(':') != std::string::npos) return shown(word) + ": " + kNoIpv6;
    if (word.find('/') != std::string::npos) return parse_host_prefix(word).error();
    return "unknown parameter: " + shown(word);
  }

  [[nodiscard]] std::string finish() {
    if (leading_action_ != AddressAction::set) return "an address was expected after the action";
    int set_count = 0;
    for (const Pending& pending : addresses_) {
      const std::string text = net::to_string(pending.address);
      const bool removed = pending.action == AddressAction::remove;
      if (!pending.length && !removed) {
        return text + ": a length such as /24, or a netmask, was expected";
      }
      const net::Ipv4Prefix prefix{pending.address, pending.length.value_or(32)};
      std::string why = removed ? "" : why_no_host(prefix);
      if (!why.empty()) return why;
      if (pending.action == AddressAction::set && ++set_count > 1) {
        return text + ": a further address needs the word alias";
      }
      args_.addresses.push_back({prefix, pending.action});
    }
    return {};
  }

  std::span<const std::string> words_;
  size_t next_ = 0;
  std::optional<size_t> after_pass_;                   // index of the word after the pass phrase
  AddressAction leading_action_ = AddressAction::set;  // given before its address
  std::vector<Pending> addresses_;
  IfconfigArgs args_;
};

const std::span<const Reader::Parameter> Reader::kParameters = [] {
  static constexpr std::array kTable{
      Parameter{"vhid", Follows::value, &Reader::read_vhid},
      Parameter{"advbase", Follows::value, &Reader::read_advbase},
      Parameter{"advskew", Follows::value, &Reader::read_advskew},
      Parameter{"pass", Follows::secret, &Reader::read_pass},
      Parameter{"up", Follows::anything, &Reader::read_up_down},
      Parameter{"down", Follows::anything, &Reader::read_up_down},
      Parameter{"state", Follows::state, &Reader::read_state},
      Parameter{"create", Follows::anything, &Reader::read_create},
      Parameter{"destroy", Follows::anything, &Reader::read_destroy},
      Parameter{"inet", Follows::value, &Reader::read_inet},
      Parameter{"netmask", Follows::value, &Reader::read_netmask},
      Parameter{"alias", Follows::anything, &Reader::read_action},
      Parameter{"add", Follows::anything, &Reader::read_action},
      Parameter{"-alias", Follows::anything, &Reader::read_action},
      Parameter{"delete", Follows::anything, &Reader::read_action},
      Parameter{"remove", Follows::anything, &Reader::read_action},
  };
  return std::span<const Parameter>(kTable);
}();

}  // namespace

net::Result<IfconfigArgs, std::string> parse_ifconfig_args(std::span<const std::string> words) {
  return Reader(words).read();
}

NextWords next_ifconfig_words(std::span<const std::string> words) {
  Follows follows = Follows::anything;
  for (const std::string& word : words) {
    const Reader::Parameter* parameter =
        follows == Follows::anything ? Reader::find(word) : nullptr;  // else it is a value
    follows = parameter != nullptr ? parameter->follows : Follows::anything;
  }
  NextWords next{.is_secret = follows == Follows::secret};
  if (follows == Follows::state) next.words.assign(kStates.begin(), kStates.end());
  if (follows != Follows::anything) return next;
  for (const auto& parameter : Reader::kParameters) next.words.push_back(parameter.word);
  return next;
}

}  // namespace carp::control
