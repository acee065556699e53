// SPDX-License-Identifier: BSD-3-Clause
#include <map>

#include "tests/sim/appliance.h"
#include "tests/sim/invariants.h"

namespace carp::sim {
namespace {

using proto::Reason;
using proto::State;
using std::chrono::milliseconds;

// Rounding of a clock that drifts.
constexpr Duration kRounding{5};
// Jitter of a tie (D3), a pass, what a stall leaves to be read, and the ticks of a drifting clock.
constexpr Duration kLate = milliseconds(40);

class CausesOfTakeover final : public Invariant {
 public:
  explicit CausesOfTakeover(World& world) : world_(world) {}

  void on_boot(const Appliance& host) override {
    for (auto& [key, wait] : waits_)
      if (key.first == host.id()) wait = {};
  }

  void on_heard(const AdvertHeard& heard) override {
    if (!heard.accepted) return;
    Wait& wait = waits_[{heard.host.id(), heard.entry->config.name}];
    wait.since = world_.now();
  }

  void on_change(const VhostChange& change) override {
    Wait& wait = waits_[{change.host.id(), change.name}];
    if (change.from == State::backup && change.to == State::master && change.entry != nullptr)
      judge(change.host, *change.entry, change.reason, wait);
    if (change.from == State::init && change.to == State::master)
      world_.broken("host " + std::to_string(change.host.id()) + ", " + change.name +
                    " becomes MASTER without listening first (D5)");
    wait.since = world_.now();
  }

  // Nobody waits beyond his master down time.
  void on_step(const Appliance& host) override {
    for (const auto& entry : host.engine().vhosts()) {
      if (entry->vhost.state != State::backup) continue;
      const TimePoint able = host.able_since(entry->interface);
      if (able == proto::kNever) continue;
      const Wait& wait = waits_[{host.id(), entry->config.name}];
      const Duration waited = host.clock(world_.now()) - host.clock(std::max(able, wait.since));
      if (waited > patience(*entry) + kLate)
        world_.broken(name(host, *entry) + " is still BACKUP " + seconds_text(waited) +
                      " after it heard somebody");
    }
  }

 private:
  struct Wait {
    TimePoint since;  // heard somebody, or entered the state
  };

  // A demoted host of a sub-second group waits longer (D12).
  [[nodiscard]] static Duration patience(const control::VhostEntry& entry) {
    const proto::Pace pace = entry.config.pace;
    const uint8_t skew = std::max(pace.advskew, proto::kSkewSuppressed);
    return proto::master_down_time(pace.advbase == 0 ? proto::Pace{0, skew} : pace);
  }
  [[nodiscard]] static std::string name(const Appliance& host, const control::VhostEntry& entry) {
    return "host " + std::to_string(host.id()) + ", " + entry.config.name;
  }

  void judge(const Appliance& host, const control::VhostEntry& entry, Reason reason,
             const Wait& wait) {
    const proto::Pace pace = entry.config.pace;
    const proto::Pace mine{pace.advbase,
                           proto::effective_skew(pace.advskew, host.engine().demotion().any())};
    switch (reason) {
      case Reason::forced: return;
      case Reason::preempting:
        if (!host.engine().config().sysctl.preempt)
          world_.broken(name(host, entry) + " preempts with preempt off");
        if (!host.hearing() || proto::election_time(host.hearing()->pace) <= election_time(mine))
          world_.broken(name(host, entry) + " preempts nobody slower");
        return;
      case Reason::master_bowed_out:
        if (!host.hearing() || host.hearing()->pace != proto::kBowOut)
          world_.broken(name(host, entry) + " takes over from nobody who said goodbye");
        return;
      case Reason::master_timed_out: break;
      default: world_.broken(name(host, entry) + " takes over for a strange reason");
    }
    // C73: judged by the advertisement of this very moment, if there is one.
    if (host.hearing()) {
      const Duration down =
          mine.advbase == 0 ? proto::master_down_time(mine)
                            : Duration(3'000'000) * mine.advbase + proto::skew_time(mine.advskew);
      if (down < proto::election_time(host.hearing()->pace)) return;
    }
    const Duration pause = proto::advert_interval(pace) / 4 + milliseconds(1);
    const Duration listened = host.listened(entry.interface, wait.since, pause);
    const Duration by_its_clock = host.clock(world_.start() + listened) - world_.start();
    if (by_its_clock + kRounding < proto::master_down_time(pace))
      world_.broken(name(host, entry) + " takes over after listening for " +
                    seconds_text(listened) + " only");
  }

  World& world_;
  std::map<std::pair<StationId, std::string>, Wait> waits_;
};

}  // namespace

std::unique_ptr<Invariant> causes_of_takeover(World& world) {
  return std::make_unique<CausesOfTakeover>(world);
}

}  // namespace carp::sim
