// SPDX-License-Identifier: BSD-3-Clause
//
// How many virtual hosts of an interface share each address. Kept by the engine.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>

#include "lib/dataplane/table.h"
#include "lib/net/address.h"

namespace carp::control {

class Sharers {
 public:
  // The addresses of one virtual host.
  void add(dataplane::InterfaceIndex interface, std::span<const net::Ipv4Prefix> addresses) {
    for (const net::Ipv4Prefix& prefix : addresses) ++counts_[key(interface, prefix.address)];
  }
  // Requires: they were added.
  void remove(dataplane::InterfaceIndex interface, std::span<const net::Ipv4Prefix> addresses) {
    for (const net::Ipv4Prefix& prefix : addresses) {
      const auto place = counts_.find(key(interface, prefix.address));
      if (--place->second == 0) counts_.erase(place);
    }
  }
  // Does more than one have it?
  [[nodiscard]] bool are_several(dataplane::InterfaceIndex interface,
                                 net::Ipv4Address address) const {
    const auto place = counts_.find(key(interface, address));
    return place != counts_.end() && place->second > 1;
  }

 private:
  [[nodiscard]] static uint64_t key(dataplane::InterfaceIndex interface, net::Ipv4Address address) {
    return uint64_t{interface} << 32 | address.value;
  }

  std::unordered_map<uint64_t, uint16_t> counts_;
};

}  // namespace carp::control
