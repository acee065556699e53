// SPDX-License-Identifier: BSD-3-Clause
//
// What experience says about a poll-mode driver and its own device information does not. The facts
// stand in drivers-config/NAME.conf, each with its reason, and are part of the binary. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lib/net/result.h"

namespace carp::dpdk {

// How the state of the link is learnt (D16).
enum class LinkSource : uint8_t {
  driver,  // the driver's own report, polled
  kernel,  // the driver reports nothing: the kernel interface behind the port is watched
  none,    // there is no link to lose: counts as up
};

// Which receive queues must be polled.
enum class ReceiveQueues : uint8_t {
  workers,  // as many as there are workers; the device spreads frames over those we set up
  all,      // every one it was created with: it spreads frames over them whatever we set up
};

// What comes of adding virtual MACs to the driver's address filter.
enum class MacTable : uint8_t {
  usable,   // they are received, and so is a peer's frame that carries one as its source
  refuses,  // the driver has room for its own address only
  prunes,   // frames with one of our own MACs as source are dropped: both hosts stay MASTER (I2.2)
};

struct DriverProfile {
  std::string driver;
  bool known = false;       // false: these are the safe defaults, worth a warning
  uint16_t queues_max = 1;  // receive queues to use at most
  ReceiveQueues receive = ReceiveQueues::workers;
  bool equal_queues = false;     // as many transmit as receive queues, or it fails
  bool dense_pool = false;       // takes the mbufs of a pool to lie one behind the other
  bool hardware_queues = false;  // hears those queues of the kernel interface that it was given
  LinkSource link = LinkSource::driver;
  MacTable mac_table = MacTable::refuses;
};

// What is used of a driver that nobody described: one queue, its own link report, promiscuous.
[[nodiscard]] DriverProfile default_profile(std::string_view driver);

// Reads the text of a profile: lines `key = value`, `#` starts a comment. What is not said is as in
// default_profile. An error is "LINE: message".
[[nodiscard]] net::Result<DriverProfile, std::string> parse_profile(std::string_view driver,
                                                                    std::string_view text);

// The profile of a driver by the name that DPDK gives it, as net_af_packet.
[[nodiscard]] DriverProfile profile_of(std::string_view driver);

// drivers-config/*.conf as embedded at build time, in the order of their names.
struct ProfileFile {
  std::string_view driver;
  std::string_view text;
};
[[nodiscard]] std::span<const ProfileFile> profile_files() noexcept;

}  // namespace carp::dpdk
