// SPDX-License-Identifier: BSD-3-Clause
#include <map>
#include <set>

#include "tests/sim/appliance.h"
#include "tests/sim/invariants.h"

namespace carp::sim {
namespace {

[[nodiscard]] constexpr bool is_tagged(uint64_t counter) noexcept {
  return counter >> 48 == proto::kCounterTag;
}

class Refusals final : public Invariant {
 public:
  explicit Refusals(World& world) : world_(world) {}

  void on_boot(const Appliance& host) override {
    for (auto& [key, known] : known_)
      if (key.first == host.id()) known.clear();
    fooled_.erase(host.id());
  }

  void on_heard(const AdvertHeard& heard) override {
    const std::string who = "host " + std::to_string(heard.host.id());
    if (!heard.accepted && !heard.looped && heard.changed)
      world_.broken(who + ": an advertisement was refused and changed something");
    if (heard.accepted && heard.packet->origin == Origin::forged)
      world_.broken(who + " accepts an advertisement that was forged");
    if (heard.entry == nullptr || !heard.parsed) return;
    if (heard.packet->origin == Origin::member)
      judge_genuine(heard, who);
    else if (heard.accepted)
      judge_attack(heard, who);
    // One that does not run verifies and remembers all the same (D7), unless all is off (D13).
    const bool remembers =
        !heard.entry->runs() && heard.host.engine().config().sysctl.allow && has_our_key(heard);
    if (heard.accepted || remembers)
      known_of(heard).emplace(pair_of(heard.advert),
                              Saying{heard.packet->sender, heard.packet->run});
  }

  // What we have signed counts as known, whether it left or not.
  void on_written(const Appliance& host, size_t lan, net::ConstBytes frame, bool) override {
    const auto advert = proto::parse_advert(frame);
    if (!advert) return;
    for (const auto& entry : host.engine().vhosts())
      if (entry->interface == lan && entry->config.vhid == advert.value().vhid)
        known_[{host.id(), entry->config.name}].emplace(pair_of(advert.value()),
                                                        Saying{host.id(), host.boots()});
  }

 private:
  // Who said a counter first, and in which of its runs.
  struct Saying {
    StationId who;
    unsigned run;
  };
  // By counter and digest: while passwords differ, two hosts may say one counter each in its way.
  using Pair = std::pair<uint64_t, proto::Digest>;
  using Known = std::map<Pair, Saying>;

  [[nodiscard]] static Pair pair_of(const proto::Advert& advert) {
    return {advert.counter, advert.digest};
  }
  [[nodiscard]] static bool has_our_key(const AdvertHeard& heard) {
    return heard.entry->sets.verify(heard.advert.counter, heard.advert.digest) !=
           control::SharedSets::Match::none;
  }
  [[nodiscard]] Known& known_of(const AdvertHeard& heard) {
    return known_[{heard.host.id(), heard.entry->config.name}];
  }

  // D11: what was heard before does not pass again. What it has not heard, for it was lost, may
  // pass once, and untagged ones in step look like OpenBSD: rule 7 says so.
  void judge_attack(const AdvertHeard& heard, const std::string& who) {
    const uint64_t counter = heard.advert.counter;
    const bool heard_before = known_of(heard).contains(pair_of(heard.advert));
    const bool below_floor = counter <= heard.host.floor(*heard.entry);
    if (is_tagged(counter) && (heard_before || below_floor))
      world_.broken(who + " accepts a recorded advertisement again");
    fooled_.insert(heard.host.id());
    world_.disturb(heard.lan);
  }

  // A genuine one is refused only where it looks like one that was heard, or older than what the
  // host knew when it started. Who refuses a peer may become a second MASTER for an interval; but
  // a copy that the wire made is no reason for that.
  void judge_genuine(const AdvertHeard& heard, const std::string& who) {
    if (heard.accepted || !heard.entry->runs()) return;
    if (!heard.host.engine().config().sysctl.allow) return;
    const uint64_t counter = heard.advert.counter;
    const auto known = known_of(heard).find(pair_of(heard.advert));
    const bool is_known = known != known_of(heard).end();
    const StationId sender = heard.packet->sender;
    if (is_known && known->second.who == sender && sender < world_.hosts().size()) {
      if (known->second.run == heard.packet->run) return;
      // Nothing that it said before a restart is said again, or peers take it for a recording;
      // unless nothing was stored, or somebody made it believe an old one that it could not know
      // (rule 5).
      const bool remembers = world_.hosts()[sender]->floor(*heard.entry) != 0;
      if (remembers && !fooled_.contains(sender))
        world_.broken(who + " hears again what was said before a crash");
    }
    // Signed in this very pass, and not yet handed to the port.
    const bool just_signed = heard.looped && counter <= heard.entry->replay.highest().value_or(0);
    const bool looks_old = is_known || just_signed || counter <= heard.host.floor(*heard.entry);
    if (has_our_key(heard) && !looks_old) world_.broken(who + " refuses a genuine advertisement");
    world_.disturb(heard.lan);
  }

  World& world_;
  std::map<std::pair<StationId, std::string>, Known> known_;
  std::set<StationId> fooled_;  // in their present run
};

}  // namespace

std::unique_ptr<Invariant> refusals(World& world) { return std::make_unique<Refusals>(world); }

}  // namespace carp::sim
