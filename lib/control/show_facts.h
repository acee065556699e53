// SPDX-License-Identifier: BSD-3-Clause
//
// What tables and JSON documents both tell and nobody keeps as such: derived from the engine and
// the shell's view at the moment of the question. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/control/show_input.h"

namespace carp::control {

// Why a virtual host is INIT, as the end of a sentence; empty where it is not.
[[nodiscard]] std::string why_not_running(const Engine& engine, const VhostEntry& entry);

// How far a change of password or addresses is (I2.13), as the end of a sentence; empty where none
// is.
[[nodiscard]] std::string transition_of(const VhostEntry& entry, proto::TimePoint now);

// Who is MASTER, as far as it is known here: our own address, or that last heard.
[[nodiscard]] std::optional<net::Ipv4Address> master_of(const Engine& engine,
                                                        const VhostEntry& entry);

// As it goes into advertisements (C75, C85).
[[nodiscard]] uint8_t effective_advskew(const Engine& engine, const VhostEntry& entry);

// Who was heard, as a name that outlives the next advertisement.
struct PeerKey {
  dataplane::InterfaceIndex interface = 0;
  uint8_t vhid = 0;
  net::Ipv4Address source;
};
// In the order of Peers::all.
[[nodiscard]] std::vector<PeerKey> peer_keys(const Engine& engine);
// Null: forgotten.
[[nodiscard]] const Peer* find_peer(const Engine& engine, const PeerKey& key);

[[nodiscard]] const InterfaceConfig& interface_at(const Engine& engine,
                                                  dataplane::InterfaceIndex index);
[[nodiscard]] std::string_view name_of(HostMode host) noexcept;  // as in carp.ini
// What the shell knows of an interface's port; all empty where it said nothing.
[[nodiscard]] PortView port_view(const RuntimeView& view, dataplane::PortId port);

// The same of the kernel's interface beside it; all zero where there is none.
[[nodiscard]] HostView host_view(const RuntimeView& view, dataplane::HostId host);

// Whole milliseconds; never negative.
[[nodiscard]] double seconds_since(proto::TimePoint then, proto::TimePoint now);
// RFC 3339 in UTC with microseconds: 2026-11-22T07:00:00.123456Z.
[[nodiscard]] std::string rfc3339(uint64_t unix_us);

// From 0 to 1, whatever the shell measured; three decimals.
[[nodiscard]] double busy_ratio(const WorkerView& worker);
[[nodiscard]] uint64_t frames(const WorkerView& worker, dataplane::Reason reason);
[[nodiscard]] uint64_t frames(const WorkerView& worker, dataplane::Verdict verdict);

// A kind of delay, by the names under which `show statistics` tells it.
struct Delay {
  std::string_view name;
  std::string_view text;
  const Histogram& times;
};

[[nodiscard]] std::array<Delay, 2> delays(const RuntimeView& view);

// A named number with its meaning.
struct Count {
  std::string_view name;
  std::string_view text;
  uint64_t value = 0;
};

// C104's names, with loop and replay (D11).
[[nodiscard]] std::vector<Count> carp_counts(const Statistics& statistics);
// What was said about the membership of the CARP group (I6.5).
[[nodiscard]] std::vector<Count> igmp_counts(const IgmpStatistics& statistics);
// What became of ARP, over all workers.
[[nodiscard]] std::vector<Count> arp_counts(const RuntimeView& view);
// Every reason for a drop, of one worker or over all.
[[nodiscard]] std::vector<Count> drop_counts(const WorkerView& worker);
[[nodiscard]] std::vector<Count> drop_counts(const RuntimeView& view);
// What was dropped between a kernel interface and its port, in both directions.
[[nodiscard]] std::vector<Count> host_drop_counts(const HostView& host);
// What became of the frames of all kernel interfaces, and of their settings.
[[nodiscard]] std::vector<Count> host_counts(const RuntimeView& view);

}  // namespace carp::control
