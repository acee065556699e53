// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <bit>
#include <map>

#include "tests/sim/appliance.h"
#include "tests/sim/invariants.h"

namespace carp::sim {
namespace {

using proto::Reason;
using proto::State;
using std::chrono::milliseconds;

// From a decision to the word that tells it: workers confirm within 5 ms (D22), passes, and both
// once more where two decide at the same time.
constexpr Duration kToSpeak = milliseconds(20);

class OneMaster final : public Invariant {
 public:
  explicit OneMaster(World& world) : world_(world) {}

  void on_change(const VhostChange& change) override {
    if (change.to == State::master)
      masterships_[{change.host.id(), change.name}] = {
          world_.now(), change.reason == Reason::master_timed_out && !change.host.hearing()};
  }

  // Whatever changes who serves is followed by a step.
  void on_step(const Appliance& host) override {
    // Who is demoted, or not any more, may be worse than a peer it has just outdone.
    const int demotion = host.engine().demotion().total();
    if (std::exchange(demotions_[host.id()], demotion) != demotion)
      for (size_t lan = 0; lan < world_.scenario().lans; ++lan) world_.disturb(lan);
    for (const auto& entry : host.engine().vhosts()) watch(host, *entry);
  }

 private:
  struct Mastership {
    TimePoint since;
    bool timed_out = false;  // by its timer, not by a word that it heard
  };

  struct Serving {
    const Appliance* first = nullptr;
    const Appliance* second = nullptr;
  };
  // Of one virtual host on all hosts.
  struct Group {
    uint64_t serving = 0;  // a bit a host, as of its last step
    TimePoint two_since = proto::kNever;
  };

  void watch(const Appliance& host, const control::VhostEntry& of) {
    Group& group = groups_[of.config.name];
    const uint64_t bit = uint64_t{1} << host.id();
    group.serving = host.serves(of) ? group.serving | bit : group.serving & ~bit;
    const Serving serving = std::popcount(group.serving) < 2 ? Serving{} : who_serves(of);
    if (serving.second == nullptr) {
      group.two_since = proto::kNever;
      return;
    }
    if (group.two_since == proto::kNever) group.two_since = world_.now();
    const TimePoint calm = world_.calm_since(of.interface);
    if (calm == proto::kNever) return;
    // After a disturbance both hear each other when the next advertisement is due.
    const TimePoint from =
        std::max(group.two_since, calm + longest_interval(world_.scenario()) + milliseconds(50));
    const Duration at_most = time_to_agree(serving, of);
    if (world_.now() - from <= at_most) return;
    if (!is_excused(serving, of))
      world_.broken("hosts " + std::to_string(serving.first->id()) + " and " +
                    std::to_string(serving.second->id()) + " both answer for " + of.config.name +
                    " for " + seconds_text(world_.now() - group.two_since));
    group.two_since = world_.now();  // when the excuse is gone they have that time once more
  }

  // Who times out speaks and is heard. Who preempts may have been overtaken by a better one's word,
  // or hears it crossing his: then the next advertisement ends it, for a MASTER does not answer a
  // slower one (C71).
  [[nodiscard]] Duration time_to_agree(const Serving& serving,
                                       const control::VhostEntry& of) const {
    const auto timed_out = [&](const Appliance& host) {
      return masterships_.at({host.id(), of.config.name}).timed_out;
    };
    const bool both = timed_out(*serving.first) && timed_out(*serving.second);
    const Duration to_hear = 2 * world_.wire(of.interface).delay_max() + kToSpeak;
    return to_hear + (both ? Duration(0) : longest_interval(world_.scenario()));
  }

  [[nodiscard]] Serving who_serves(const control::VhostEntry& of) const {
    Serving serving;
    for (const auto& host : world_.hosts()) {
      if (!host->is_on() || !host->has_link(of.interface)) continue;
      const control::VhostEntry* entry = host->engine().find_vhost(of.config.name);
      if (entry == nullptr || !host->serves(*entry)) continue;
      (serving.first == nullptr ? serving.first : serving.second) = host.get();
    }
    return serving;
  }

  // Who stalls cannot hear a better host that preempts: his lease ends it. But a lease ends before
  // anybody times out, unless that one's time is shorter by configuration (D4 rule 1).
  [[nodiscard]] bool is_excused(const Serving& serving, const control::VhostEntry& of) const {
    return is_excused_by(*serving.first, *serving.second, of) ||
           is_excused_by(*serving.second, *serving.first, of);
  }
  [[nodiscard]] bool is_excused_by(const Appliance& stalled, const Appliance& other,
                                   const control::VhostEntry& of) const {
    if (!stalled.is_stalled(of.interface)) return false;
    const control::VhostEntry* old = stalled.engine().find_vhost(of.config.name);
    const control::VhostEntry* taker = other.engine().find_vhost(of.config.name);
    const auto mastership = masterships_.find({other.id(), of.config.name});
    const bool before = mastership->second.since <= stalled.stalled_since(of.interface) + kToSpeak;
    const proto::Pace old_pace{old->config.pace.advbase,
                               std::max(old->config.pace.advskew, proto::kSkewSuppressed)};
    const bool shorter =
        proto::master_down_time(taker->config.pace) <
        proto::lease_time(old->config.pace.advbase == 0 ? old_pace : old->config.pace);
    // The last word before the stall may have been lost.
    const bool unheard = world_.calm_since(of.interface) + longest_interval(world_.scenario()) >
                         stalled.stalled_since(of.interface);
    return !mastership->second.timed_out || before || shorter || unheard;
  }

  World& world_;
  std::map<StationId, int> demotions_;
  std::map<std::string, Group> groups_;
  std::map<std::pair<StationId, std::string>, Mastership> masterships_;
};

}  // namespace

std::unique_ptr<Invariant> one_master(World& world) { return std::make_unique<OneMaster>(world); }

}  // namespace carp::sim
