// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/pcapng.h"

#include <algorithm>

namespace carp::control {
namespace {

enum Block : uint32_t { section = 0x0a0d0d0a, interface = 1, enhanced_packet = 6 };
enum Option : uint16_t { end = 0, comment = 1, if_name = 2, user_application = 4, time_unit = 9 };

constexpr uint32_t kByteOrder = 0x1a2b3c4d;
constexpr uint16_t kMajor = 1;
constexpr uint16_t kMinor = 0;
constexpr uint64_t kLengthUnknown = UINT64_MAX;  // of the section: it ends with the file
constexpr uint16_t kEthernet = 1;
constexpr uint32_t kWholeFrames = 0;  // no limit to what is kept of a frame
constexpr char kMicroseconds = 6;     // a negative power of ten
constexpr size_t kOptionMax = 0xffff;

template <typename T>
void put(std::string& bytes, T number) {
  for (size_t i = 0; i < sizeof(T); ++i) bytes += static_cast<char>(number >> (8 * i) & 0xff);
}

void put_padded(std::string& bytes, std::string_view text) {
  bytes += text;
  bytes.append((4 - text.size() % 4) % 4, '\0');
}

void put_option(std::string& bytes, Option option, std::string_view value) {
  value = value.substr(0, kOptionMax);
  put(bytes, static_cast<uint16_t>(option));
  put(bytes, static_cast<uint16_t>(value.size()));
  put_padded(bytes, value);
}

// A block's length stands at both of its ends, so that it can be read backwards too.
void put_block(std::string& bytes, Block block, const std::string& body) {
  const auto length = static_cast<uint32_t>(body.size() + 12);
  put(bytes, static_cast<uint32_t>(block));
  put(bytes, length);
  bytes += body;
  put(bytes, length);
}

}  // namespace

PcapngFile::PcapngFile(std::string_view comment) {
  std::string body;
  put(body, kByteOrder);
  put(body, kMajor);
  put(body, kMinor);
  put(body, kLengthUnknown);
  put_option(body, Option::comment, comment);
  put_option(body, Option::user_application, "dpdk-carp");
  put_option(body, Option::end, {});
  put_block(bytes_, Block::section, body);
}

void PcapngFile::add_interface(std::string_view name) {
  std::string body;
  put(body, kEthernet);
  put(body, uint16_t{0});  // reserved
  put(body, kWholeFrames);
  put_option(body, Option::if_name, name);
  put_option(body, Option::time_unit, {&kMicroseconds, 1});
  put_option(body, Option::end, {});
  put_block(bytes_, Block::interface, body);
}

void PcapngFile::add_packet(const PcapngPacket& packet) {
  std::string body;
  put(body, packet.interface);
  put(body, static_cast<uint32_t>(packet.unix_us >> 32));
  put(body, static_cast<uint32_t>(packet.unix_us));
  put(body, static_cast<uint32_t>(packet.bytes.size()));
  put(body, packet.length);
  put_padded(body, {reinterpret_cast<const char*>(packet.bytes.data()), packet.bytes.size()});
  put_option(body, Option::comment, packet.comment);
  put_option(body, Option::end, {});
  put_block(bytes_, Block::enhanced_packet, body);
}

}  // namespace carp::control
