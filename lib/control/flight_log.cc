// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/flight_log.h"

#include <algorithm>
#include <utility>

namespace carp::control {
namespace {

// So near to its end the ring would soon lose the beginning of a dump, which says why.
constexpr uint64_t kNearlyLost = kFlightEvents - kFlightBefore;

void join(FlightLog::Words words, FlightEvent& event) {
  for (const std::string_view word : words) {
    const size_t room = event.comment.size() - event.comment_length;
    const size_t length = std::min(word.size(), room);
    std::copy_n(word.data(), length, event.comment.data() + event.comment_length);
    event.comment_length = static_cast<uint8_t>(event.comment_length + length);
  }
}

}  // namespace

FlightLog::FlightLog(std::vector<std::string> interfaces) : interfaces_(std::move(interfaces)) {
  ring_.reserve(kFlightEvents);
}

void FlightLog::note(uint64_t unix_us, dataplane::InterfaceIndex interface, net::ConstBytes frame,
                     Words words) {
  FlightEvent event{.unix_us = unix_us,
                    .interface = interface,
                    .frame_length = static_cast<uint16_t>(std::min<size_t>(frame.size(), 0xffff))};
  event.kept_length = static_cast<uint8_t>(std::min(frame.size(), event.frame.size()));
  std::copy_n(frame.data(), event.kept_length, event.frame.data());
  join(words, event);
  if (ring_.size() < kFlightEvents)
    ring_.push_back(event);
  else
    ring_[count_ % kFlightEvents] = event;
  ++count_;
}

void FlightLog::note_change(const HistoryEntry& change, dataplane::InterfaceIndex interface,
                            proto::TimePoint now) {
  note(change.unix_us, interface, {},
       {change.name, ": ", to_string(change.from), " -> ", to_string(change.to), " (",
        to_string(change.reason), ")"});
  const uint64_t place = count_ - 1;
  if (!pending_) pending_ = Pending{.change = change, .since = now, .first = place};
  pending_->last = place;
  ++pending_->changes;
}

bool FlightLog::is_due(proto::TimePoint now) const noexcept {
  if (!pending_ || now < not_before_) return false;
  return count_ > pending_->last + kFlightAfter || now >= pending_->since + kFlightWait ||
         count_ - window_begin() >= kNearlyLost;
}

uint64_t FlightLog::window_begin() const noexcept {
  const uint64_t wanted = pending_->first - std::min<uint64_t>(pending_->first, kFlightBefore);
  return std::max(wanted, count_ - ring_.size());
}

FlightDump FlightLog::take(proto::TimePoint now) {
  FlightDump dump{
      .interfaces = interfaces_, .change = pending_->change, .changes = pending_->changes};
  const uint64_t end = std::min(count_, pending_->last + 1 + kFlightAfter);
  dump.events.reserve(end - std::min(end, window_begin()));
  for (uint64_t place = window_begin(); place < end; ++place)
    dump.events.push_back(ring_[place % kFlightEvents]);
  pending_.reset();
  not_before_ = now + kFlightPause;
  return dump;
}

}  // namespace carp::control
