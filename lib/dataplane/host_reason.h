// SPDX-License-Identifier: BSD-3-Clause
//
// Everything that can become of a frame which the kernel sends by its interface beside a port
// (I7.2): a list of its own, because counts of what leaves beside those of what was received would
// say nothing about either. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lib/dataplane/counters.h"

namespace carp::dataplane {

// clang-format off
#define CARP_HOST_REASONS(X)                                                                       \
  X(sent,             "of the kernel, sent with the port's MAC address")                           \
  X(sent_shared,      "from a shared address, sent with its virtual MAC")                          \
  X(sent_balanced,    "ARP request from a balanced address, sent in an own address's name (D19)")  \
  X(too_short,        "frame ends before its headers do")                                          \
  X(other_source,     "Ethernet source is not the port's MAC address")                             \
  X(tagged,           "has a VLAN tag: each VLAN has a kernel interface of its own")               \
  X(carp,             "IPv4 protocol 112: advertisements are control's alone")                     \
  X(arp_malformed,    "ARP that is not IPv4 over Ethernet")                                        \
  X(arp_answer,       "ARP that answers for a shared address: workers do")                         \
  X(arp_announcement, "gratuitous ARP for a shared address: control sends it")                     \
  X(not_master,       "from a shared address whose virtual host is not MASTER here")               \
  X(lease_lapsed,     "from a shared address, MASTER in the table, but its lease is over (D4)")
// clang-format on

enum class HostReason : uint8_t {
#define X(name, text) name,
  CARP_HOST_REASONS(X)
#undef X
};

struct HostReasonInfo {
  std::string_view name;  // key of the counter in `show`, JSON and metrics
  std::string_view text;
};

inline constexpr std::array kHostReasons = {
#define X(name, text) HostReasonInfo{#name, text},
    CARP_HOST_REASONS(X)
#undef X
};

inline constexpr size_t kHostReasonCount = kHostReasons.size();

[[nodiscard]] constexpr const HostReasonInfo& info_of(HostReason reason) noexcept {
  return kHostReasons[static_cast<size_t>(reason)];
}

// Whether the frame is to be sent; else it is dropped.
[[nodiscard]] constexpr bool leaves(HostReason reason) noexcept {
  return reason <= HostReason::sent_balanced;
}

// Of one kernel interface. Written by the worker that sends its frames.
struct alignas(64) HostCounters {
  std::array<Counter, kHostReasonCount> by_reason;  // frames

  [[nodiscard]] Counter& of(HostReason reason) noexcept {
    return by_reason[static_cast<size_t>(reason)];
  }
  [[nodiscard]] const Counter& of(HostReason reason) const noexcept {
    return by_reason[static_cast<size_t>(reason)];
  }
};

}  // namespace carp::dataplane
