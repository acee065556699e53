// SPDX-License-Identifier: BSD-3-Clause
//
// carpstats: what became of the advertisements (C104), and `loop` and `replay` of our own (D11);
// and what was said about the membership of their group (I6.5). Plain numbers of the engine.
#pragma once

#include <cstdint>

namespace carp::control {

// clang-format off
#define CARP_STATISTICS(X)                                                                         \
  X(ipackets,  "advertisements received")                                                          \
  X(badif,     "received on an interface without virtual hosts")                                   \
  X(badttl,    "received with a TTL other than 255")                                               \
  X(badlen,    "received too short, or with a wrong authlen")                                      \
  X(badsum,    "received with a wrong checksum")                                                   \
  X(badver,    "received with a wrong version or type")                                            \
  X(badvhid,   "received for a vhid that does not run here")                                       \
  X(badauth,   "received with a wrong digest")                                                     \
  X(replay,    "received again, or from the past")                                                 \
  X(loop,      "received our own come back")                                                       \
  X(hdrops,    "received without room for the header")                                             \
  X(badaddrs,  "received with wrong addresses (never counted)")                                    \
  X(opackets,  "advertisements sent")                                                              \
  X(onomem,    "not sent for want of a buffer")                                                    \
  X(oerrors,   "not taken by the port")                                                            \
  X(preempt,   "takeovers from a slower master")
// clang-format on

// clang-format off
#define CARP_IGMP_STATISTICS(X)                                                                    \
  X(queries, "queries received for members of the CARP group")                                     \
  X(reports, "membership reports sent")                                                            \
  X(leaves,  "sent at the end, to leave the group")
// clang-format on

struct Statistics {
#define X(name, text) uint64_t name = 0;
  CARP_STATISTICS(X)
#undef X
};

struct IgmpStatistics {
#define X(name, text) uint64_t name = 0;
  CARP_IGMP_STATISTICS(X)
#undef X
};

}  // namespace carp::control
