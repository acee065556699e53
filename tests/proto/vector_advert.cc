// SPDX-License-Identifier: BSD-3-Clause
#include "tests/proto/vector_advert.h"

#include <stdexcept>
#include <string>

#include "lib/proto/key.h"
#include "tests/support/frames.h"

namespace carp::proto {

Key key_of(const nlohmann::json& params) {
  const std::string pass = params.at("pass");
  const std::string rule = params.value("key_rule", "ifconfig");
  if (rule == "ifconfig") return key_from_pass(pass);
  if (rule != "raw20") throw std::invalid_argument("unknown key rule " + rule);
  return key_from_bytes({reinterpret_cast<const uint8_t*>(pass.data()), pass.size()});
}

std::vector<net::Ipv4Prefix> addresses_of(const nlohmann::json& params) {
  std::vector<net::Ipv4Prefix> addresses;
  for (const std::string text : params.at("v4")) addresses.push_back({support::ip(text), 24});
  return addresses;
}

Authenticator authenticator_of(const nlohmann::json& params) {
  const bool configured = params.value("hmac_rule", "sorted") == "configured";
  return {key_of(params), params.at("vhid").get<uint8_t>(), addresses_of(params),
          configured ? AddressOrder::configured : AddressOrder::sorted};
}

uint64_t counter_of(const nlohmann::json& params) {
  return std::stoull(params.at("counter").get<std::string>(), nullptr, 16);
}

}  // namespace carp::proto
