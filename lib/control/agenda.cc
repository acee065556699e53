// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/agenda.h"

namespace carp::control {

using proto::TimePoint;

void Agenda::set(uint16_t who, TimePoint when) {
  if (places_[who] == kNowhere) {
    items_.emplace_back();
    return sift(items_.size() - 1, {when, who});
  }
  if (items_[places_[who]].when != when) sift(places_[who], {when, who});
}

// The last fills the gap.
void Agenda::erase(uint16_t who) {
  const size_t gap = places_[who];
  if (gap == kNowhere) return;
  places_[who] = kNowhere;
  const Item last = items_.back();
  items_.pop_back();
  if (last.who != who) sift(gap, last);
}

TimePoint Agenda::first() const noexcept {
  return items_.empty() ? proto::kNever : items_.front().when;
}

void Agenda::take_due(TimePoint now, std::vector<uint16_t>& due) {
  while (!items_.empty() && items_.front().when <= now) {
    due.push_back(items_.front().who);
    erase(items_.front().who);
  }
}

void Agenda::sift(size_t at, Item item) {
  for (; at > 0 && item < items_[(at - 1) / 2]; at = (at - 1) / 2) put(at, items_[(at - 1) / 2]);
  for (size_t child = 2 * at + 1; child < items_.size(); child = 2 * at + 1) {
    if (child + 1 < items_.size() && items_[child + 1] < items_[child]) ++child;
    if (item <= items_[child]) break;
    put(at, items_[child]);
    at = child;
  }
  put(at, item);
}

void Agenda::put(size_t at, const Item& item) {
  items_[at] = item;
  places_[item.who] = static_cast<uint32_t>(at);
}

}  // namespace carp::control
