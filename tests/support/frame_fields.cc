// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/frame_fields.h"

#include <cstdio>

namespace carp::support {
namespace {

// Takes fields off the front of the bytes. A field that the bytes cut short is not taken: the
// remainder is then printed as it is.
class Decoder {
 public:
  explicit Decoder(net::ConstBytes bytes) : rest_(bytes) {}

  [[nodiscard]] size_t left() const { return rest_.size(); }
  [[nodiscard]] std::vector<Field> finish() {
    if (!rest_.empty()) add("rest", net::to_hex(rest_));
    return std::move(fields_);
  }

  void mac(const char* name) {
    const auto b = take(6);
    if (b.empty()) return;
    char text[18];
    std::snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4],
                  b[5]);
    add(name, text);
  }
  void ip(const char* name) {
    const auto b = take(4);
    if (b.empty()) return;
    add(name, std::to_string(b[0]) + '.' + std::to_string(b[1]) + '.' + std::to_string(b[2]) + '.' +
                  std::to_string(b[3]));
  }
  // A number of one or two bytes; the value, for the decisions that hang on it.
  unsigned number(const char* name, size_t size) {
    const auto b = take(size);
    if (b.empty()) return 0;
    unsigned value = 0;
    for (const uint8_t byte : b) value = value << 8 | byte;
    char text[24];
    std::snprintf(text, sizeof text, "%u (0x%0*x)", value, static_cast<int>(size * 2), value);
    add(name, text);
    return value;
  }
  void hex(const char* name, size_t size) {
    const auto b = take(size);
    if (!b.empty()) add(name, net::to_hex(b));
  }

 private:
  void add(const char* name, std::string value) { fields_.push_back({name, std::move(value)}); }
  net::ConstBytes take(size_t size) {
    if (cut_ || rest_.size() < size) {
      cut_ = true;
      return {};
    }
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  net::ConstBytes rest_;
  bool cut_ = false;
  std::vector<Field> fields_;
};

void decode_arp(Decoder& decoder) {
  decoder.number("arp.hardware_type", 2);
  decoder.number("arp.protocol_type", 2);
  decoder.number("arp.hardware_length", 1);
  decoder.number("arp.protocol_length", 1);
  decoder.number("arp.operation", 2);
  decoder.mac("arp.sender_mac");
  decoder.ip("arp.sender_ip");
  decoder.mac("arp.target_mac");
  decoder.ip("arp.target_ip");
}

void decode_icmp(Decoder& decoder) {
  decoder.number("icmp.type", 1);
  decoder.number("icmp.code", 1);
  decoder.number("icmp.checksum", 2);
  decoder.number("icmp.identifier", 2);
  decoder.number("icmp.sequence", 2);
}

void decode_carp(Decoder& decoder) {
  decoder.number("carp.version_type", 1);
  decoder.number("carp.vhid", 1);
  decoder.number("carp.advskew", 1);
  decoder.number("carp.authlen", 1);
  decoder.number("carp.demotion", 1);
  decoder.number("carp.advbase", 1);
  decoder.number("carp.checksum", 2);
  decoder.hex("carp.counter", 8);
  decoder.hex("carp.digest", 20);
}

void decode_ipv4(Decoder& decoder) {
  const unsigned version_ihl = decoder.number("ip.version_ihl", 1);
  decoder.number("ip.tos", 1);
  decoder.number("ip.total_length", 2);
  decoder.number("ip.identification", 2);
  decoder.number("ip.fragment", 2);
  decoder.number("ip.ttl", 1);
  const unsigned protocol = decoder.number("ip.protocol", 1);
  decoder.number("ip.checksum", 2);
  decoder.ip("ip.source");
  decoder.ip("ip.destination");
  const unsigned words = version_ihl & 15;
  if (words > 5) decoder.hex("ip.options", (words - 5) * 4);
  if (protocol == 1) decode_icmp(decoder);
  if (protocol == 112) decode_carp(decoder);
}

}  // namespace

std::vector<Field> fields_of(net::ConstBytes frame) {
  Decoder decoder(frame);
  decoder.mac("ethernet.destination");
  decoder.mac("ethernet.source");
  unsigned type = decoder.number("ethernet.type", 2);
  if (type == 0x8100) {
    decoder.number("vlan.control", 2);
    type = decoder.number("vlan.type", 2);
  }
  if (type == 0x0806) decode_arp(decoder);
  if (type == 0x0800) decode_ipv4(decoder);
  return decoder.finish();
}

}  // namespace carp::support
