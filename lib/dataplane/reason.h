// SPDX-License-Identifier: BSD-3-Clause
//
// Everything that can become of a frame, once: enumerator, verdict and text. A frame gets exactly
// one reason, and each reason is one counter of each worker, so nothing is dropped unnamed.
// Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace carp::dataplane {

enum class Verdict : uint8_t {
  transmit,  // rewritten in place into the answer: send it out of the port it came from
  punt,      // control wants to see it
  host,      // for the kernel: to_host() and its interface (I7.2)
  drop,
};

// clang-format off
#define CARP_FRAME_REASONS(X)                                                                      \
  X(arp_answered,       transmit, "ARP request for a shared or own address, answered")             \
  X(echo_answered,      transmit, "ICMP echo request for a shared or own address, answered")       \
  X(advert,             punt,     "CARP advertisement that goes on where its virtual host was")    \
  X(advert_unexpected,  punt,     "CARP advertisement with a counter from elsewhere or long ago")  \
  X(advert_invalid,     punt,     "CARP with wrong TTL, length or checksum, or a vhid not here")   \
  X(arp_conflict,       punt,     "a stranger's ARP claims a shared address that we hold (D18)")   \
  X(host_arp,           host,     "ARP for the kernel: own addresses, replies, neighbours")         \
  X(host_unicast,       host,     "for one of our MAC addresses, for the kernel")                  \
  X(host_group,         host,     "broadcast or multicast, for the kernel")                        \
  X(host_query,         host,     "IGMP query, for the kernel and for control")                    \
  X(igmp_query,         punt,     "IGMP query that asks members of the CARP group (I6.5)")         \
  X(too_short,          drop,     "frame ends before its headers do")                              \
  X(unknown_vlan,       drop,     "no interface has this port and VLAN")                           \
  X(ether_type,         drop,     "neither ARP nor IPv4")                                          \
  X(ipv6,               drop,     "IPv6 is not served")                                            \
  X(arp_malformed,      drop,     "ARP that is not IPv4 over Ethernet")                            \
  X(arp_not_request,    drop,     "ARP that asks for nothing")                                     \
  X(arp_bad_sender,     drop,     "ARP whose sender hardware address is a group address (C122)")   \
  X(arp_own_frame,      drop,     "ARP of our own port, come back by a loop (C121)")               \
  X(arp_other_target,   drop,     "ARP for an address that is none of ours")                       \
  X(arp_from_virtual,   drop,     "ARP from a virtual MAC about a shared address (D17)")           \
  X(not_master,         drop,     "the client's virtual host is not MASTER here")                  \
  X(lease_lapsed,       drop,     "MASTER in the table, but its lease is over (D4)")               \
  X(other_host,         drop,     "Ethernet destination is neither ours nor a group")              \
  X(ip_malformed,       drop,     "IPv4 version or lengths do not fit the frame")                  \
  X(ip_checksum,        drop,     "IPv4 header checksum")                                          \
  X(ip_fragment,        drop,     "IPv4 fragment")                                                 \
  X(ip_options,         drop,     "IPv4 options, other than in an advertisement")                  \
  X(ip_group,           drop,     "IPv4 to a group or broadcast, not an advertisement")            \
  X(ip_bad_source,      drop,     "IPv4 source that cannot be answered")                           \
  X(ip_other_target,    drop,     "IPv4 for an address that is none of ours")                      \
  X(ip_no_service,      drop,     "IPv4 for us that is neither CARP nor an ICMP echo request")     \
  X(icmp_malformed,     drop,     "ICMP echo request cut short or with a wrong checksum")          \
  X(igmp_malformed,     drop,     "IGMP cut short or with a wrong checksum")                       \
  X(igmp_other,         drop,     "IGMP that asks nothing of members of the CARP group")           \
  X(segmented,          drop,     "frame does not fit one buffer")                                 \
  X(no_table,           drop,     "worker has no table yet")                                       \
  X(advert_limited,     drop,     "advert, more than control reads")                               \
  X(unexpected_limited, drop,     "advert_unexpected, more than control reads")                    \
  X(invalid_limited,    drop,     "advert_invalid, more than control reads")                       \
  X(conflict_limited,   drop,     "arp_conflict, more than control reads")                         \
  X(host_limited,       drop,     "for the kernel, more than its limit")                           \
  X(host_full,          drop,     "for the kernel, no room on the way to it")                      \
  X(query_limited,      drop,     "igmp_query, more than control reads")                           \
  X(transmit_full,      drop,     "the port took no more frames")                                  \
  X(arp_limited,        drop,     "ARP request of a client that has had its arp_limit")            \
  X(echo_limited,       drop,     "ICMP echo request of a client that has had its echo_limit")
// clang-format on

enum class Reason : uint8_t {
#define X(name, verdict, text) name,
  CARP_FRAME_REASONS(X)
#undef X
};

struct ReasonInfo {
  std::string_view name;  // key of the counter in `show`, JSON and metrics
  Verdict verdict;
  std::string_view text;
};

inline constexpr std::array kReasons = {
#define X(name, verdict, text) ReasonInfo{#name, Verdict::verdict, text},
    CARP_FRAME_REASONS(X)
#undef X
};

inline constexpr size_t kReasonCount = kReasons.size();

[[nodiscard]] constexpr const ReasonInfo& info_of(Reason reason) noexcept {
  return kReasons[static_cast<size_t>(reason)];
}

// Apart from the texts, in one cache line: workers ask for every frame.
inline constexpr std::array kVerdicts = {
#define X(name, verdict, text) Verdict::verdict,
    CARP_FRAME_REASONS(X)
#undef X
};
[[nodiscard]] constexpr Verdict verdict_of(Reason reason) noexcept {
  return kVerdicts[static_cast<size_t>(reason)];
}

// One of the three kinds of advertisement that control wants to see.
[[nodiscard]] constexpr bool is_advert(Reason reason) noexcept {
  return verdict_of(reason) == Verdict::punt && reason != Reason::arp_conflict &&
         reason != Reason::igmp_query;
}

// What a frame for control counts as that found no room on its way there.
[[nodiscard]] constexpr Reason limited(Reason punted) noexcept {
  switch (punted) {
    case Reason::advert: return Reason::advert_limited;
    case Reason::advert_unexpected: return Reason::unexpected_limited;
    case Reason::advert_invalid: return Reason::invalid_limited;
    case Reason::igmp_query: return Reason::query_limited;
    default: return Reason::conflict_limited;
  }
}

}  // namespace carp::dataplane
