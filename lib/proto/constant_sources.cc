// SPDX-License-Identifier: BSD-3-Clause
#include "lib/proto/constant_sources.h"

#include <algorithm>
#include <tuple>

namespace carp::proto {

bool ConstantSources::admit(const Advert& advert, bool is_new, TimePoint now) {
  if (Entry* entry = find(advert)) return admit_repeat(*entry, advert.pace, now) || is_new;
  // A repeated bow out from a source nobody heard before has no rhythm to be measured by.
  if (!is_new && advert.pace == kBowOut) return false;
  make_room(advert.source);
  const Stage stage = is_new ? Stage::fresh : Stage::refused;
  entries_.push_back({advert.source, advert.counter, advert.pace, now, stage});
  return is_new;
}

bool ConstantSources::admit_repeat(Entry& entry, Pace pace, TimePoint now) {
  // A goodbye must be heard, and says nothing about the rhythm: the source comes back with its
  // old pace.
  if (pace == kBowOut) return entry.stage != Stage::refused;
  if (pace != entry.pace) {
    // The new pace is measured from here even where this one is refused, so that a source that
    // changes twice is recognised again after one interval.
    entry.pace = pace;
    entry.heard = now;
    if (entry.stage != Stage::fresh && entry.stage != Stage::recognised) return false;
    entry.stage = Stage::changed;
    return true;
  }
  if (entry.stage == Stage::recognised) {
    entry.heard = now;
    return true;
  }
  const Duration gap = now - entry.heard;
  const Duration interval = advert_interval(pace);
  // One that comes too early does not move the measure, or whoever repeats a recorded one between
  // two of the real ones would keep their source from ever being in step.
  if (gap * 4 < interval * 3) return false;
  entry.heard = now;
  if (gap * 4 > interval * 5) return false;
  entry.stage = Stage::recognised;
  return true;
}

bool ConstantSources::is_recognised(net::Ipv4Address source) const noexcept {
  return std::ranges::any_of(entries_, [source](const Entry& entry) {
    return entry.source == source && entry.stage == Stage::recognised;
  });
}

// By source and counter: were it by source alone, one old advertisement of a host, recorded before
// that host chose its present counter, would take the place of the real one.
ConstantSources::Entry* ConstantSources::find(const Advert& advert) noexcept {
  const auto entry = std::ranges::find_if(entries_, [&advert](const Entry& candidate) {
    return candidate.source == advert.source && candidate.counter == advert.counter;
  });
  return entry == entries_.end() ? nullptr : &*entry;
}

// Forgets one entry where the limits ask for it: of this source where it has its share, else of
// any. What was recognised stays longest, what was heard longest ago goes first.
void ConstantSources::make_room(net::Ipv4Address source) {
  const auto own = static_cast<size_t>(std::ranges::count(entries_, source, &Entry::source));
  const bool has_its_share = own >= kEntriesPerSource;
  if (!has_its_share && entries_.size() < kEntriesMax) return;
  const auto rank = [&](const Entry& entry) {
    return std::tuple(has_its_share && entry.source != source, entry.stage == Stage::recognised,
                      entry.heard);
  };
  entries_.erase(std::ranges::min_element(entries_, {}, rank));
}

}  // namespace carp::proto
