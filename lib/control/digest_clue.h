// SPDX-License-Identifier: BSD-3-Clause
//
// Why the digest of an advertisement is not ours, in words (I3.4): the digest says only that
// something differs, so what an operator may have got wrong on the other host is tried, one
// mistake at a time, until one of them gives that digest. Pure; the engine calls it, now and then.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/control/shared_sets.h"
#include "lib/proto/wire.h"

namespace carp::control {

// Digests that one explanation costs at most, each a few microseconds.
inline constexpr int kDigestTrialsMax = 96;

// A virtual host of ours.
struct KnownSet {
  std::string name;  // carp1
  SharedSet set;
};

// What is known here that may be in a peer's digest.
struct DigestHints {
  // What was asked for: as configured, and as said as long as that is another. Empty where no
  // virtual host has the vhid.
  std::vector<SharedSet> ours;
  std::optional<SharedSet> former;          // before the last change here
  std::vector<net::Ipv4Address> addresses;  // of the subnet, beside those we share
  std::vector<KnownSet> others;             // our other virtual hosts
};

// "peer lacks 192.168.1.52"; empty where nothing that was tried explains it. Requires: none of
// `ours` has signed it.
[[nodiscard]] std::string explain_digest(const proto::Advert& advert, const DigestHints& hints);

}  // namespace carp::control
