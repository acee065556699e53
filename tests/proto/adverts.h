// SPDX-License-Identifier: BSD-3-Clause
//
// Advertisements for the tests of the replay rules, which look at counter, digest, source and pace
// alone. As with a real HMAC, equal counters have equal digests and others have unlike ones.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "lib/proto/wire.h"
#include "tests/support/frames.h"

namespace carp::proto {

// One step of splitmix64: spreads a counter over 64 bits.
[[nodiscard]] inline uint64_t spread(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

[[nodiscard]] inline Digest digest_for(uint64_t counter) {
  Digest digest{};
  const uint64_t words[] = {spread(counter), spread(~counter)};
  std::memcpy(digest.data(), words, sizeof words);
  return digest;
}

[[nodiscard]] inline Advert advert_of(std::string_view source, uint64_t counter, Pace pace = {}) {
  Advert advert;
  advert.source = support::ip(source);
  advert.pace = pace;
  advert.counter = counter;
  advert.digest = digest_for(counter);
  return advert;
}

}  // namespace carp::proto
