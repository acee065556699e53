// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/key.h"

#include <algorithm>

namespace carp::proto {

Key key_from_pass(std::string_view pass) {
  const std::string_view kept = pass.substr(0, kPassBytesMax);
  return key_from_bytes({reinterpret_cast<const uint8_t*>(kept.data()), kept.size()});
}

Key key_from_bytes(net::ConstBytes bytes) {
  Key key;
  std::copy_n(bytes.begin(), std::min(bytes.size(), key.bytes.size()), key.bytes.begin());
  return key;
}

}  // namespace carp::proto
