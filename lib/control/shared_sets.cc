// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/shared_sets.h"

#include <utility>

namespace carp::control {

SharedSet set_of(const proto::VhostConfig& config) {
  return {config.vhid, config.key, config.addresses, config.address_order};
}

SharedSets::Signed::Signed(SharedSet set_) : set(std::move(set_)) {
  if (set.can_be_signed()) signer.emplace(set.key, set.vhid, set.addresses, set.order);
}

bool SharedSets::set(SharedSet wanted, proto::Duration transition, proto::TimePoint now) {
  if ((next_ ? next_->shared.set : current_.set) == wanted) return false;
  next_.reset();
  if (current_.set == wanted) return true;  // Changed back before it was said.
  // Who has nothing to say has nobody who listens to it.
  const bool at_once = transition == proto::Duration::zero() || !current_.set.can_be_signed() ||
                       !wanted.can_be_signed();
  if (at_once) {
    previous_.reset();
    current_ = Signed(std::move(wanted));
    return true;
  }
  transition_ = transition;
  next_ = Timed{Signed(std::move(wanted)), now + transition};
  return true;
}

void SharedSets::switch_over(proto::TimePoint now) {
  previous_ = Timed{std::exchange(current_, std::move(next_->shared)), now + transition_};
  next_.reset();
}

SharedSets::Match SharedSets::verify(uint64_t counter, const proto::Digest& digest) const {
  if (current_.has_signed(counter, digest)) return Match::current;
  if (next_ && next_->shared.has_signed(counter, digest)) return Match::next;
  if (previous_ && previous_->shared.has_signed(counter, digest)) return Match::previous;
  return Match::none;
}

}  // namespace carp::control
