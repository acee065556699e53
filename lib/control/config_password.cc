// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/config_password.h"

#include <algorithm>
#include <string>
#include <vector>

#include "lib/net/bytes.h"
#include "lib/proto/key.h"

namespace carp::control {
namespace {

constexpr size_t kHexDigitsMax = 40;

[[nodiscard]] bool is_zero(const proto::Key& key) { return key == proto::Key{}; }

// One blank may follow the '='; with more nobody can say which belong to the password.
[[nodiscard]] std::string take_pass(const Entry& entry, proto::Key& key, Findings& findings) {
  std::string_view pass = entry.value;
  if (!pass.empty() && is_blank(pass.front())) pass.remove_prefix(1);
  if (holds_special(pass) || is_blank(pass.front()) || is_blank(pass.back())) {
    return kPassNotCarried;
  }
  const PassKey result = pass_key(pass);
  if (result.cut) findings.warn(entry.line, kPassCut);
  key = result.key;
  return {};
}

// An empty credential must not become the all-zero key, which means "none" (D2).
[[nodiscard]] std::string take_pass_file(const Entry& entry, proto::Key& key,
                                         const Surroundings& surroundings, Findings& findings) {
  const auto content = surroundings.read_file(entry.value);
  if (!content) return shown(entry.value) + " cannot be read: " + content.error().reason;
  const std::string_view pass = password_in(content.value());
  if (pass.empty()) return shown(entry.value) + " is empty";
  const PassKey result = pass_key(pass);
  if (is_zero(result.key)) return shown(entry.value) + " holds nothing but zero bytes";
  if (result.cut) findings.warn(entry.line, kPassCut);
  key = result.key;
  return {};
}

[[nodiscard]] std::string take_pass_hex(const Entry& entry, proto::Key& key) {
  const auto bytes = net::from_hex(entry.value);
  if (!bytes || entry.value.size() > kHexDigitsMax) {
    return "2 to 40 hexadecimal digits, an even number, were expected";
  }
  key = proto::key_from_bytes(*bytes);
  if (is_zero(key)) return "all zero means no password; leave the key out for that";
  return {};
}

}  // namespace

PassKey pass_key(std::string_view pass) {
  return {proto::key_from_pass(pass), pass.size() > proto::kPassBytesMax};
}

std::string_view password_in(std::string_view content) {
  if (!content.ends_with('\n')) return content;
  content.remove_suffix(1);
  if (content.ends_with('\r')) content.remove_suffix(1);
  return content;
}

bool holds_special(std::string_view text) {
  return text.find_first_of("#\"'") != std::string_view::npos;
}

void add_password_keys(Keys& keys, proto::Key& key, const Surroundings& surroundings,
                       Findings& findings) {
  keys.once("pass", [&](const Entry& entry) { return take_pass(entry, key, findings); });
  keys.once("pass_file",
            [&](const Entry& entry) { return take_pass_file(entry, key, surroundings, findings); });
  keys.once("pass_hex", [&](const Entry& entry) { return take_pass_hex(entry, key); });
}

void check_one_password(const KeyLines& lines, const Section& section, Findings& findings) {
  std::vector<int> given;
  for (const auto* name : {"pass", "pass_file", "pass_hex"}) {
    if (lines.has(name)) given.push_back(lines.line_of(name, 0));
  }
  if (given.empty()) {
    findings.warn(section.line, no_password(section.kind));
  } else if (given.size() > 1) {
    findings.fault(std::ranges::max(given),
                   "only one of pass, pass_file and pass_hex may stand in " + section.title());
  }
}

std::string no_password(std::string_view vhost) {
  return std::string(vhost) + " has no password: anybody on its segment can take part";
}

}  // namespace carp::control
