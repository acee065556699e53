// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/vrrp.h"

#include "lib/net/ipv4.h"

namespace carp::proto {
namespace {

// What both versions begin with.
struct VrrpHeader {
  uint8_t version_type = 0;
  uint8_t router = 0;
  uint8_t priority = 0;
  uint8_t addresses = 0;  // how many follow, four bytes each
  uint8_t rest[4] = {};   // authentication type, interval, checksum
};
static_assert(sizeof(VrrpHeader) == 8);

constexpr uint8_t kVersion2 = 0x21;  // with its type, which is always 1
constexpr uint8_t kVersion3 = 0x31;
constexpr size_t kAuthenticationSize = 8;  // behind the addresses, in version 2

}  // namespace

std::optional<uint8_t> vrrp_router(net::ConstBytes frame) {
  const auto payload = net::payload_of(net::datagram_of(frame));
  if (!payload) return std::nullopt;
  const auto* vrrp = net::view_at<VrrpHeader>(*payload, 0);
  if (vrrp == nullptr || vrrp->router == 0 || vrrp->addresses == 0) return std::nullopt;
  // CARP took version 2 and type 1 from VRRP. The size tells them apart: CARP has authlen 7 where
  // VRRP counts its addresses, and 36 bytes are not those of seven.
  const size_t size = sizeof(VrrpHeader) + size_t{4} * vrrp->addresses;
  const bool is_version2 =
      vrrp->version_type == kVersion2 && payload->size() == size + kAuthenticationSize;
  const bool is_version3 = vrrp->version_type == kVersion3 && payload->size() == size;
  if (!is_version2 && !is_version3) return std::nullopt;
  return vrrp->router;
}

}  // namespace carp::proto
