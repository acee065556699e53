// SPDX-License-Identifier: BSD-3-Clause
//
// The bytes of a capture file, as Wireshark and tcpdump read them: pcapng
// (draft-ietf-opsawg-pcapng), one section, little endian. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/net/bytes.h"

namespace carp::control {

struct PcapngPacket {
  uint32_t interface = 0;  // position among those added
  uint64_t unix_us = 0;
  uint32_t length = 0;    // on the wire
  net::ConstBytes bytes;  // what is kept of it
  std::string_view comment;
};

class PcapngFile {
 public:
  explicit PcapngFile(std::string_view comment);

  // An Ethernet. Before all packets of it; the first has number 0.
  void add_interface(std::string_view name);
  void add_packet(const PcapngPacket& packet);

  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace carp::control
