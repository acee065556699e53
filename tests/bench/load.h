// SPDX-License-Identifier: BSD-3-Clause
//
// What the benchmarks run: a table of a given size, all of whose vhosts are MASTER, and requests of
// as many clients as one likes for all of its addresses in turn. captures.py makes the same
// requests for whole programs.
#pragma once

#include <vector>

#include "lib/dataplane/table.h"
#include "lib/net/build.h"

namespace carp::bench {

struct LoadSpec {
  unsigned addresses = 1;
  unsigned vhosts = 1;
  unsigned interfaces = 1;  // of one port; VLANs from 100 on where there are several
  unsigned requests = 1024;
};

// One address; and the growth that design.md, section 7, allows a tenth for.
inline constexpr LoadSpec kSmall{};
inline constexpr LoadSpec kLarge{
    .addresses = 4000, .vhosts = 255, .interfaces = 16, .requests = 4000};

// At this time all leases hold.
inline constexpr dataplane::Ticks kNow = 1000;

class Load {
 public:
  explicit Load(const LoadSpec& spec);
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  [[nodiscard]] const dataplane::ForwardTable& table() const noexcept { return table_; }
  [[nodiscard]] const std::vector<net::Frame>& requests() const noexcept { return requests_; }
  // The interface and address that a request asks for.
  struct Target {
    dataplane::InterfaceIndex interface;
    net::Ipv4Address address;
  };
  [[nodiscard]] Target target(unsigned request) const noexcept;

 private:
  void add_address(unsigned number);
  [[nodiscard]] net::Frame make_request(unsigned number) const;

  LoadSpec spec_;
  dataplane::LeaseBoard leases_;
  dataplane::ForwardTable table_;
  std::vector<net::Frame> requests_;
};

}  // namespace carp::bench
