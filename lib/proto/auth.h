// SPDX-License-Identifier: BSD-3-Clause
//
// The digest of one virtual host's advertisements: HMAC-SHA1 over version, type, vhid, the shared
// addresses and the counter (C35, C36). All but the counter is hashed once, at configuration.
// Control only.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "lib/net/address.h"
#include "lib/proto/vhost_config.h"
#include "lib/proto/wire.h"

struct evp_mac_ctx_st;  // OpenSSL's EVP_MAC_CTX

namespace carp::proto {

class Authenticator {
 public:
  // The order of the addresses: ascending with duplicates once (C38, C41), or as given (C40).
  // Throws std::runtime_error where libcrypto offers no HMAC-SHA1.
  Authenticator(const Key& key, uint8_t vhid, std::span<const net::Ipv4Prefix> addresses,
                AddressOrder order);

  [[nodiscard]] Digest sign(uint64_t counter) const;
  // Compares all 20 bytes in constant time (C54, D20).
  [[nodiscard]] bool verify(uint64_t counter, const Digest& digest) const;

 private:
  struct FreeContext {
    void operator()(evp_mac_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_mac_ctx_st, FreeContext> prefix_;  // everything but the counter
};

}  // namespace carp::proto
