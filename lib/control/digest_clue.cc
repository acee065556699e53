// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/digest_clue.h"

#include <algorithm>

namespace carp::control {
namespace {

using Addresses = std::vector<net::Ipv4Prefix>;
using proto::AddressOrder;

// Digests of one advertisement's vhid and counter, as long as there are trials left.
class Trials {
 public:
  explicit Trials(const proto::Advert& advert) : advert_(advert) {}

  [[nodiscard]] bool fit(const proto::Key& key, const Addresses& addresses, AddressOrder order) {
    if (addresses.empty() || left_ == 0) return false;
    --left_;
    return proto::Authenticator(key, advert_.vhid, addresses, order)
        .verify(advert_.counter, advert_.digest);
  }
  [[nodiscard]] bool fit(const SharedSet& set) { return fit(set.key, set.addresses, set.order); }

 private:
  const proto::Advert& advert_;
  int left_ = kDigestTrialsMax;
};

// D1.
[[nodiscard]] std::string by_order(Trials& trials, const SharedSet& ours) {
  const bool sorted = ours.order == AddressOrder::sorted;
  if (!trials.fit(ours.key, ours.addresses,
                  sorted ? AddressOrder::configured : AddressOrder::sorted))
    return {};
  return sorted ? "peer hashes its addresses in another order (FreeBSD 6.2): address_order = "
                  "configured"
                : "peer sorts its addresses: address_order = sorted";
}

[[nodiscard]] std::string by_password(Trials& trials, const SharedSet& ours,
                                      const DigestHints& hints) {
  if (ours.key != proto::Key{} && trials.fit({}, ours.addresses, ours.order))
    return "peer uses no password";
  for (const KnownSet& other : hints.others)
    if (other.set.key != ours.key && trials.fit(other.set.key, ours.addresses, ours.order))
      return "peer uses the password of " + other.name;
  if (hints.former && hints.former->key != ours.key &&
      trials.fit(hints.former->key, ours.addresses, ours.order))
    return "peer uses the password from before the last change here";
  return {};
}

// Somebody gave a virtual host the vhid of another, or has not followed a change.
[[nodiscard]] std::string by_whole_set(Trials& trials, const DigestHints& hints) {
  if (hints.former && trials.fit(*hints.former))
    return "peer has password and addresses from before the last change here";
  for (const KnownSet& other : hints.others)
    if (trials.fit(other.set))
      return "peer has password and addresses of " + other.name + ", which is vhid " +
             std::to_string(other.set.vhid) + " here";
  return {};
}

[[nodiscard]] Addresses without(const Addresses& addresses, size_t left_out) {
  Addresses rest = addresses;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(left_out));
  return rest;
}

// One address less, one more, one instead of another.
[[nodiscard]] std::string by_address(Trials& trials, const SharedSet& ours,
                                     const DigestHints& hints) {
  const auto fit = [&](const Addresses& addresses) {
    return trials.fit(ours.key, addresses, ours.order);
  };
  for (size_t i = 0; i < ours.addresses.size(); ++i)
    if (fit(without(ours.addresses, i)))
      return "peer lacks " + to_string(ours.addresses[i].address);
  for (const net::Ipv4Address extra : hints.addresses) {
    Addresses more = ours.addresses;
    more.push_back({extra, 32});
    if (fit(more)) return "peer has " + to_string(extra) + " too";
  }
  for (const net::Ipv4Address extra : hints.addresses) {
    for (size_t i = 0; i < ours.addresses.size(); ++i) {
      Addresses other = ours.addresses;
      other[i] = {extra, 32};
      if (fit(other))
        return "peer has " + to_string(extra) + " instead of " +
               to_string(ours.addresses[i].address);
    }
  }
  return {};
}

}  // namespace

// The likely ones and the cheap ones first: a long address list alone may use up the trials.
std::string explain_digest(const proto::Advert& advert, const DigestHints& hints) {
  Trials trials(advert);
  std::string clue = by_whole_set(trials, hints);
  for (const SharedSet& ours : hints.ours) {
    if (clue.empty()) clue = by_order(trials, ours);
    if (clue.empty()) clue = by_password(trials, ours, hints);
    if (clue.empty()) clue = by_address(trials, ours, hints);
  }
  return clue;
}

}  // namespace carp::control
