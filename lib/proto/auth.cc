// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/auth.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace carp::proto {
namespace {

struct FreeMac {
  void operator()(EVP_MAC* mac) const noexcept { EVP_MAC_free(mac); }
};

// Without memory or a provider that has HMAC-SHA1 there is nothing to say to anybody.
void require(bool done) {
  if (!done) throw std::runtime_error("libcrypto: HMAC-SHA1 is not available");
}

// In the order in which they are hashed (D1).
[[nodiscard]] std::vector<net::Ipv4Address> ordered(std::span<const net::Ipv4Prefix> addresses,
                                                    AddressOrder order) {
  std::vector<net::Ipv4Address> result;
  for (const net::Ipv4Prefix& prefix : addresses) result.push_back(prefix.address);
  if (order == AddressOrder::configured) return result;  // C40
  std::ranges::sort(result);                             // C39
  // C41: the sorting implementations select upwards from all zeros to all ones, so these two
  // never appear, and a duplicate appears once.
  result.erase(std::unique(result.begin(), result.end()), result.end());
  std::erase(result, net::Ipv4Address{0});
  std::erase(result, net::Ipv4Address{0xffffffff});
  return result;
}

// All of the message but the counter (C36).
[[nodiscard]] std::vector<uint8_t> message_prefix(uint8_t vhid,
                                                  std::span<const net::Ipv4Address> addresses) {
  std::vector<uint8_t> message{2, 1, vhid};  // version and type are two bytes here
  for (const net::Ipv4Address address : addresses) {
    const net::Be32 wire = address.wire();
    const net::ConstBytes bytes = net::bytes_of(wire);
    message.insert(message.end(), bytes.begin(), bytes.end());
  }
  return message;
}

}  // namespace

void Authenticator::FreeContext::operator()(evp_mac_ctx_st* context) const noexcept {
  EVP_MAC_CTX_free(context);
}

Authenticator::Authenticator(const Key& key, uint8_t vhid,
                             std::span<const net::Ipv4Prefix> addresses, AddressOrder order) {
  const std::unique_ptr<EVP_MAC, FreeMac> mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
  require(mac != nullptr);
  prefix_.reset(EVP_MAC_CTX_new(mac.get()));  // holds a reference to the algorithm
  require(prefix_ != nullptr);
  char digest_name[] = OSSL_DIGEST_NAME_SHA1;
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
      OSSL_PARAM_construct_end()};
  require(EVP_MAC_init(prefix_.get(), key.bytes.data(), key.bytes.size(), parameters) == 1);
  const std::vector<uint8_t> message = message_prefix(vhid, ordered(addresses, order));
  require(EVP_MAC_update(prefix_.get(), message.data(), message.size()) == 1);
}

Digest Authenticator::sign(uint64_t counter) const {
  const std::unique_ptr<evp_mac_ctx_st, FreeContext> context(EVP_MAC_CTX_dup(prefix_.get()));
  require(context != nullptr);
  const net::Be64 wire(counter);
  const net::ConstBytes bytes = net::bytes_of(wire);
  require(EVP_MAC_update(context.get(), bytes.data(), bytes.size()) == 1);
  Digest digest;
  size_t length = 0;
  require(EVP_MAC_final(context.get(), digest.data(), &length, digest.size()) == 1);
  require(length == digest.size());
  return digest;
}

bool Authenticator::verify(uint64_t counter, const Digest& digest) const {
  const Digest expected = sign(counter);
  return CRYPTO_memcmp(expected.data(), digest.data(), digest.size()) == 0;
}

}  // namespace carp::proto
