// SPDX-License-Identifier: BSD-3-Clause
//
// carp.ini as a value: what is read from the file, after defaults and validation (interface.md,
// section 2). Pure. Read at start and on reload; the engine and the shell are built from it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/net/address.h"
#include "lib/proto/vhost_config.h"

namespace carp::control {

// [sysctl], net.inet.carp.* (I2.1).
struct Sysctl {
  bool allow = true;
  bool preempt = false;
  int log = 1;  // 0 nothing, 1 bad packets, 2 state changes as well (D14)
  bool arpbalance = false;
  [[nodiscard]] friend bool operator==(const Sysctl&, const Sysctl&) = default;
};

enum class HostMode : uint8_t { none, tap, virtio_user };
enum class MacFilter : uint8_t { automatic, on, off };

// [interface NAME] (I2.2).
struct InterfaceConfig {
  std::string name;
  std::string port;                        // PCI address or --vdev name
  std::vector<net::Ipv4Prefix> addresses;  // own
  uint16_t vlan = 0;                       // 0: untagged
  HostMode host = HostMode::none;
  std::string host_name;
  std::optional<uint16_t> mtu;
  std::optional<uint16_t> rx_descriptors;
  std::optional<uint16_t> tx_descriptors;
  std::chrono::seconds link_hold{0};
  MacFilter mac_filter = MacFilter::automatic;
  [[nodiscard]] friend bool operator==(const InterfaceConfig&, const InterfaceConfig&) = default;
};

enum class Idle : uint8_t { poll, pause, sleep };

// The largest burst: what a worker has room for (dpdk::kMaxBurst, which nothing pure can include).
inline constexpr uint16_t kBurstMax = 64;

// [workers] (I2.11).
struct WorkersConfig {
  Idle idle = Idle::poll;
  uint16_t burst = 32;
  uint32_t arp_limit = 0;  // answers a second and client; 0: no limit
  uint32_t echo_limit = 0;
  [[nodiscard]] friend bool operator==(const WorkersConfig&, const WorkersConfig&) = default;
};

struct Endpoint {
  net::Ipv4Address address;
  uint16_t port = 0;
  [[nodiscard]] friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// [control] (I3.1).
struct ControlConfig {
  std::optional<Endpoint> listen = Endpoint{net::Ipv4Address{0x7f000001}, 8112};
  std::string socket = "/run/dpdk-carp/control.sock";
  std::optional<std::string> password_file;
  std::chrono::seconds idle_timeout{600};
  [[nodiscard]] friend bool operator==(const ControlConfig&, const ControlConfig&) = default;
};

// [metrics] (I4.2).
struct MetricsConfig {
  std::optional<Endpoint> listen;
  [[nodiscard]] friend bool operator==(const MetricsConfig&, const MetricsConfig&) = default;
};

// [global] and [gratuitous] (I2.10, I2.11).
struct GlobalConfig {
  std::chrono::seconds startup_hold{0};
  std::chrono::seconds preempt_delay{0};
  std::chrono::seconds gratuitous_refresh{60};  // 0: off
  std::string state_dir = "/var/lib/dpdk-carp";
  std::chrono::seconds transition{0};  // from one password or address list to another (I2.13)
  [[nodiscard]] friend bool operator==(const GlobalConfig&, const GlobalConfig&) = default;
};

// [hooks] (I2.9).
struct HooksConfig {
  std::vector<std::string> state_change;  // programs, in the order in which they are run
  std::chrono::seconds timeout{10};
  [[nodiscard]] friend bool operator==(const HooksConfig&, const HooksConfig&) = default;
};

// [track NAME] (I2.8).
struct TrackConfig {
  std::string name;
  std::string command;  // a line for /bin/sh
  std::chrono::seconds interval{5};
  std::chrono::seconds timeout{5};
  uint32_t rise = 2;  // successes in a row that end a failure
  uint32_t fall = 3;  // failures in a row that make one
  int demotion = 240;
  [[nodiscard]] friend bool operator==(const TrackConfig&, const TrackConfig&) = default;
};

struct Config {
  Sysctl sysctl;
  std::vector<InterfaceConfig> interfaces;  // in the order of the file
  std::vector<proto::VhostConfig> vhosts;   // in the order of the file
  WorkersConfig workers;
  ControlConfig control;
  MetricsConfig metrics;
  GlobalConfig global;
  HooksConfig hooks;
  std::vector<TrackConfig> tracks;  // in the order of the file
  // Valid settings that this version knows and does not carry out yet, as "[carp0] peer"; a program
  // that would start without them must say so.
  std::vector<std::string> unsupported;
  [[nodiscard]] friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace carp::control
