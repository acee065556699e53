// SPDX-License-Identifier: BSD-3-Clause
//
// What a group of hosts must agree on, for the digest covers it: password and shared addresses of
// one virtual host (I2.13 says "set"). While they change from one set to another there are two of
// them, so that hosts that are changed one after the other go on hearing each other:
//
//   set(new)               says and serves the old one, accepts both
//   it is time, or a peer  says and serves the new one, accepts both
//   says the new one
//   later                  the old one is forgotten
//
// Pure. Owned by the engine.
#pragma once

#include <optional>
#include <vector>

#include "lib/net/address.h"
#include "lib/proto/auth.h"
#include "lib/proto/time.h"
#include "lib/proto/vhost_config.h"

namespace carp::control {

struct SharedSet {
  uint8_t vhid = 0;
  proto::Key key;
  std::vector<net::Ipv4Prefix> addresses;
  proto::AddressOrder order = proto::AddressOrder::sorted;

  // Nothing can be said of no address, or by no vhid.
  [[nodiscard]] bool can_be_signed() const { return vhid != 0 && !addresses.empty(); }
  [[nodiscard]] friend bool operator==(const SharedSet&, const SharedSet&) = default;
};

[[nodiscard]] SharedSet set_of(const proto::VhostConfig& config);

class SharedSets {
 public:
  enum class Match : uint8_t { none, current, next, previous };

  explicit SharedSets(SharedSet first) : current_(std::move(first)) {}

  // From now on `wanted` is the set to be said, after at most `transition` (0: at once). False
  // where it was that already.
  bool set(SharedSet wanted, proto::Duration transition, proto::TimePoint now);
  // The next set becomes the current one; the one before it is accepted for as long as it took.
  // Requires: is_waiting().
  void switch_over(proto::TimePoint now);
  // The previous set is accepted no more. Requires: has_previous().
  void forget_previous() { previous_.reset(); }

  // By which set it was signed.
  [[nodiscard]] Match verify(uint64_t counter, const proto::Digest& digest) const;
  // By the current set; that one can_be_signed().
  [[nodiscard]] proto::Digest sign(uint64_t counter) const {
    return current_.signer->sign(counter);
  }
  [[nodiscard]] bool can_sign() const { return current_.signer.has_value(); }
  [[nodiscard]] const SharedSet& said() const { return current_.set; }
  // What is answered for.
  [[nodiscard]] const std::vector<net::Ipv4Prefix>& addresses() const {
    return current_.set.addresses;
  }

  [[nodiscard]] bool is_waiting() const { return next_.has_value(); }
  [[nodiscard]] bool has_previous() const { return previous_.has_value(); }
  // When the next one is due, kNever where there is none; likewise when the previous one ends.
  [[nodiscard]] proto::TimePoint switches_at() const { return next_ ? next_->at : proto::kNever; }
  [[nodiscard]] proto::TimePoint forgets_at() const {
    return previous_ ? previous_->at : proto::kNever;
  }

 private:
  struct Signed {
    explicit Signed(SharedSet set_);
    [[nodiscard]] bool has_signed(uint64_t counter, const proto::Digest& digest) const {
      return signer && signer->verify(counter, digest);
    }

    SharedSet set;
    std::optional<proto::Authenticator> signer;
  };
  struct Timed {
    Signed shared;
    proto::TimePoint at;
  };

  Signed current_;
  std::optional<Timed> next_;      // due at
  std::optional<Timed> previous_;  // until
  proto::Duration transition_{};   // of the change that is on
};

}  // namespace carp::control
