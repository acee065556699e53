// SPDX-License-Identifier: BSD-3-Clause
//
// Another member of the group that is not an Engine: signs advertisements as a BSD host does, with
// a counter that grows by one from any value (C48).
#pragma once

#include <string_view>

#include "lib/proto/auth.h"
#include "lib/proto/wire.h"

namespace carp::control {

class Neighbour {
 public:
  // Of the group of `vhost`: its vhid, key and addresses. `source`: the neighbour's own address.
  explicit Neighbour(const proto::VhostConfig& vhost, std::string_view source = "192.168.1.4",
                     uint16_t vlan = 0);

  // The next advertisement.
  [[nodiscard]] net::Frame advert(proto::Pace pace, uint8_t demotion = 0);
  [[nodiscard]] net::Frame bow_out() { return advert(proto::kBowOut); }

  uint64_t counter = 0x1234'5678'0000'0000;  // of the next one

 private:
  uint8_t vhid_;
  proto::Authenticator authenticator_;
  proto::AdvertRoute route_;
};

}  // namespace carp::control
