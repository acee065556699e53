// SPDX-License-Identifier: BSD-3-Clause
//
// ARP by words: what every request is compared with, and its rewriting into the reply. An ARP
// packet, whether tagged or not, is read in four loads and written in six stores; field by field
// it would be some thirty, and they were most of what an answer cost. Pure; workers, per frame.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "lib/net/arp.h"
#include "lib/net/ethernet.h"

namespace carp::dataplane {

static_assert(std::endian::native == std::endian::little, "words below begin with the low byte");

template <typename Word>
[[nodiscard]] inline Word load(const void* place) noexcept {
  Word word;
  std::memcpy(&word, place, sizeof word);
  return word;
}

template <typename Word>
inline void store(void* place, Word word) noexcept {
  std::memcpy(place, &word, sizeof word);
}

// Up to 8 bytes as they stand in a frame.
template <typename... Octets>
[[nodiscard]] constexpr uint64_t word_of(Octets... octets) noexcept {
  static_assert(sizeof...(octets) <= 8);
  uint64_t word = 0;
  unsigned shift = 0;
  ((word |= uint64_t{static_cast<uint8_t>(octets)} << std::exchange(shift, shift + 8)), ...);
  return word;
}

// The MAC address at the low end of a word; what follows it in memory is at the high end.
inline constexpr unsigned kMacBits = 48;
inline constexpr uint64_t kMacMask = (uint64_t{1} << kMacBits) - 1;

// Behind the hardware type (bytes 0 and 1): protocol type, the two lengths, operation.
inline constexpr size_t kHead = 2;
[[nodiscard]] constexpr uint64_t head_of(uint16_t operation) noexcept {
  return word_of(0x08, 0x00, 6, 4, operation >> 8, operation);
}

[[nodiscard]] inline bool has_head(const net::ArpPacket& arp, uint64_t head) noexcept {
  const auto* const bytes = reinterpret_cast<const uint8_t*>(&arp);
  constexpr auto kEthernet = static_cast<uint16_t>(word_of(0, 1));
  // One comparison, and so one branch, for both.
  return ((load<uint16_t>(bytes) ^ kEthernet) |
          ((load<uint64_t>(bytes + kHead) & kMacMask) ^ head)) == 0;
}
[[nodiscard]] inline bool is_request(const net::ArpPacket& arp) noexcept {
  return has_head(arp, head_of(net::kArpRequest));
}
// Whatever it wants.
[[nodiscard]] inline bool is_ipv4_over_ethernet(const net::ArpPacket& arp) noexcept {
  return has_head(arp, head_of(arp.operation.get()));
}
[[nodiscard]] inline bool is_reply(const net::ArpPacket& arp) noexcept {
  return has_head(arp, head_of(net::kArpReply));
}

// Whether the sender's MAC address is a group address, our own, or that of a virtual host.
// Requires: `own` is not the end of what it lies in, two bytes behind it can be read.
[[nodiscard]] inline bool has_remarkable_mac(const net::ArpPacket& arp,
                                             const net::MacAddress& own) noexcept {
  constexpr uint64_t kGroupBit = word_of(0x01);
  constexpr uint64_t kVirtualMac = word_of(0x00, 0x00, 0x5e, 0x00, 0x01);
  // Bits of the word that are shifted out: what follows the address, and of virtual ones the vhid.
  constexpr unsigned kBesideMac = 64 - kMacBits;
  constexpr unsigned kBesideAnyVhid = kBesideMac + 8;
  const auto sender = load<uint64_t>(&arp.sender_mac);
  const auto ours = load<uint64_t>(&own);
  return (sender & kGroupBit) != 0 || (sender ^ ours) << kBesideMac == 0 ||
         sender << kBesideAnyVhid == kVirtualMac << kBesideAnyVhid;
}

// C124, D6. Turns the request into the reply: `mac` is the answer, `source` the Ethernet source.
// Tag and padding stay as they came.
inline void write_reply(net::EthernetHeader& ethernet, net::ArpPacket& arp,
                        const net::MacAddress& source, const net::MacAddress& mac) noexcept {
  static_assert(offsetof(net::ArpPacket, sender_mac) == kHead + 6);
  static_assert(offsetof(net::ArpPacket, target_mac) == kHead + 16);
  auto* const link = reinterpret_cast<uint8_t*>(&ethernet);
  auto* const bytes = reinterpret_cast<uint8_t*>(&arp);
  // Who asks: MAC and IP address stand side by side and move as one, 8 bytes and 2.
  const auto asker = load<uint64_t>(&arp.sender_mac);
  const auto asker_end = load<uint16_t>(bytes + kHead + 14);
  const auto asked = load<uint32_t>(&arp.target_ip);
  const auto source_begin = load<uint16_t>(&source);
  const auto source_end = load<uint32_t>(&source.bytes[2]);
  const auto mac_begin = load<uint16_t>(&mac);
  const auto mac_end = load<uint32_t>(&mac.bytes[2]);

  store(link, (asker & kMacMask) | uint64_t{source_begin} << kMacBits);
  store(link + 8, source_end);
  store(bytes + kHead, head_of(net::kArpReply) | uint64_t{mac_begin} << kMacBits);
  store(bytes + kHead + 8, mac_end | uint64_t{asked} << 32);
  store(bytes + kHead + 16, asker);
  store(bytes + kHead + 24, asker_end);
}

}  // namespace carp::dataplane
