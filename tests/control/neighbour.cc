// SPDX-License-Identifier: BSD-3-Clause
#include "tests/control/neighbour.h"

#include "tests/support/frames.h"

namespace carp::control {

Neighbour::Neighbour(const proto::VhostConfig& vhost, std::string_view source, uint16_t vlan)
    : vhid_(vhost.vhid),
      authenticator_(vhost.key, vhost.vhid, vhost.addresses, vhost.address_order),
      route_{.ethernet_source = net::virtual_mac(vhost.vhid),
             .vlan = vlan,
             .source = support::ip(source)} {}

net::Frame Neighbour::advert(proto::Pace pace, uint8_t demotion) {
  proto::Advert advert{.vhid = vhid_, .demotion = demotion, .pace = pace};
  advert.counter = counter++;
  advert.digest = authenticator_.sign(advert.counter);
  return proto::build_advert(advert, route_);
}

}  // namespace carp::control
