// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/scenario.h"

#include <algorithm>

#include "tests/sim/act_dice.h"
#include "tests/sim/fault_dice.h"
#include "tests/sim/random.h"

namespace carp::sim {
namespace {

using proto::Duration;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Small groups are the common ones, and the ones that faults reach soonest.
[[nodiscard]] size_t roll_node_count(Random& random) {
  return random.chance(800) ? static_cast<size_t>(random.between(2, 4))
                            : static_cast<size_t>(random.between(5, 8));
}

[[nodiscard]] uint8_t roll_advbase(Random& random) {
  const uint64_t roll = random.below(100);
  if (roll < 75) return 1;
  if (roll < 85) return 0;
  return roll < 93 ? 2 : 3;
}

[[nodiscard]] NodePlan roll_node(Random& random, bool preempt) {
  NodePlan node;
  node.drift_ppm = random.chance(500) ? static_cast<int>(random.between(-20'000, 20'000)) : 0;
  if (random.chance(400)) node.clock_error_ms = random.between(-2'000, 2'000);
  if (random.chance(100)) node.clock_error_ms = random.between(-86'400'000, 86'400'000);
  node.preempt = random.chance(900) ? preempt : !preempt;
  if (random.chance(300)) node.boots_at = random.between(milliseconds(0), milliseconds(3000));
  if (random.chance(80)) node.startup_hold = seconds(random.between(1, 3));
  if (random.chance(80)) node.link_hold = seconds(random.between(1, 3));
  if (random.chance(80)) node.preempt_delay = seconds(random.between(1, 3));
  return node;
}

// Skews as an administrator staggers them, now and then as one does who forgot to.
[[nodiscard]] std::vector<uint8_t> roll_skews(Random& random, size_t nodes, uint8_t advbase) {
  std::vector<uint8_t> skews;
  const int64_t lowest = advbase == 0 ? (random.chance(50) ? 0 : 8) : 0;
  for (size_t i = 0; i < nodes; ++i) {
    const bool same = !skews.empty() && random.chance(80);
    const int64_t skew = random.chance(300)
                             ? random.between(lowest, 254)
                             : std::min<int64_t>(254, lowest + 30 * random.between(0, 8));
    skews.push_back(same ? skews.back() : static_cast<uint8_t>(skew));
  }
  return skews;
}

// With balancing, groups of one lan share one address (C110); else each has its own.
void roll_groups(Random& random, Scenario& scenario) {
  const size_t count =
      static_cast<size_t>(random.chance(700) ? random.between(1, 3) : random.between(4, 8));
  const uint8_t advbase = roll_advbase(random);
  for (size_t i = 0; i < count; ++i) {
    GroupPlan group;
    group.lan = static_cast<uint8_t>(i % scenario.lans);
    // One vhid on two lans is two groups.
    group.vhid = static_cast<uint8_t>(1 + i / scenario.lans);
    group.advbase = random.chance(900) || advbase == 0 ? advbase : roll_advbase(random);
    group.skews = roll_skews(random, scenario.nodes.size(), group.advbase);
    if (!scenario.arpbalance)
      for (uint8_t& skew : group.skews)
        if (random.chance(60)) skew = kAbsent;
    group.addresses.push_back(scenario.arpbalance ? 200 : static_cast<uint8_t>(200 + i));
    if (random.chance(200)) group.addresses.push_back(static_cast<uint8_t>(220 + i));
    scenario.groups.push_back(std::move(group));
  }
}

// Foreign members do not balance, nor have they sub-second groups (C64).
void roll_peers(Random& random, Scenario& scenario) {
  if (scenario.arpbalance || !random.chance(300)) return;
  const int64_t count = random.between(1, 2);
  for (int64_t i = 0; i < count; ++i) {
    PeerPlan peer;
    peer.kind = static_cast<PeerKind>(random.below(3));
    peer.group = static_cast<uint8_t>(random.below(scenario.groups.size()));
    peer.advskew = static_cast<uint8_t>(random.between(0, 254));
    peer.preempt = random.chance(500);
    peer.boots_at = random.between(milliseconds(0), milliseconds(3000));
    if (scenario.groups[peer.group].advbase > 0) scenario.peers.push_back(peer);
  }
}

void roll_queriers(Random& random, Scenario& scenario) {
  for (uint8_t lan = 0; lan < scenario.lans; ++lan) {
    if (!random.chance(400)) continue;
    QuerierPlan querier{.lan = lan, .version = random.chance(500) ? 3 : 2};
    if (random.chance(100)) querier.version = 1;
    querier.answer_tenths = static_cast<int>(random.between(1, 100));
    querier.interval = random.chance(500) ? milliseconds(random.between(50, 3000))
                                          : seconds(random.between(5, 125));
    scenario.queriers.push_back(querier);
  }
}

void roll_wire(Random& random, WirePlan& wire) {
  wire.delay_max = wire.delay_min + random.between(Duration(0), milliseconds(3));
  if (random.chance(200)) wire.duplicates = static_cast<unsigned>(random.between(1, 100));
  if (random.chance(100)) wire.loss = static_cast<unsigned>(random.between(1, 300));
}

// Longer than pairs are remembered (D11 rule 3), at a pace that makes it affordable: a host
// crashes, and what was recorded in the first hours is said again in the 26th, to one that has just
// come back as well.
void stretch_to_a_day(Random& random, Scenario& scenario) {
  using std::chrono::hours;
  using std::chrono::minutes;
  scenario.is_day = true;
  scenario.is_planned_work = false;
  scenario.groups.resize(1);
  scenario.groups[0].advbase = 200;
  scenario.wire.loss = 0;
  scenario.peers.clear();
  for (QuerierPlan& querier : scenario.queriers)
    querier.interval = std::max<Duration>(querier.interval, seconds(60));
  scenario.faults_end = hours(27);
  const auto fault = [&](FaultKind kind, Duration at, Duration lasts, uint32_t value) {
    Fault next{.kind = kind, .at = at, .lasts = lasts, .value = value};
    next.node = static_cast<uint8_t>(random.below(scenario.nodes.size()));
    scenario.faults.push_back(next);
  };
  scenario.faults.clear();
  fault(FaultKind::crash, hours(3), minutes(20), 0);
  fault(FaultKind::replay, hours(25), minutes(10), 100);
  fault(FaultKind::reskew, hours(25) + minutes(11), minutes(10), 100);
  fault(FaultKind::crash, hours(25) + minutes(30), minutes(1), 0);
  fault(FaultKind::replay, hours(25) + minutes(32), minutes(10), 100);
  fault(FaultKind::reskew, hours(25) + minutes(43), minutes(10), 100);
}

[[nodiscard]] Duration time_of(const Scenario& scenario, Duration (*of)(proto::Pace)) {
  Duration longest{0};
  for (const GroupPlan& group : scenario.groups)
    for (const uint8_t skew : group.skews)
      longest = std::max(longest, of({group.advbase, std::max<uint8_t>(skew == kAbsent ? 0 : skew,
                                                                       proto::kSkewSuppressed)}));
  return longest;
}

}  // namespace

Scenario make_scenario(uint64_t seed) {
  Random random(seed);
  Scenario scenario;
  scenario.seed = seed;
  scenario.lans = static_cast<uint8_t>(random.chance(700) ? 1 : random.between(2, 3));
  scenario.arpbalance = random.chance(200);
  const bool preempt = random.chance(500);
  const size_t nodes = roll_node_count(random);
  for (size_t i = 0; i < nodes; ++i) scenario.nodes.push_back(roll_node(random, preempt));
  roll_groups(random, scenario);
  roll_peers(random, scenario);
  roll_queriers(random, scenario);
  roll_wire(random, scenario.wire);
  roll_preparations(random, scenario);
  scenario.faults_end = longest_master_down(scenario) * random.between(2, 8) + seconds(1);
  scenario.faults = roll_faults(random, scenario);
  roll_acts(random, scenario);
  scenario.quiet = longest_interval(scenario) * 4;
  // No change without cause for ten minutes.
  if (scenario.groups.size() <= 2 && random.chance(10)) scenario.quiet = std::chrono::minutes(10);
  if (random.chance(50)) plan_work(random, scenario);
  if (random.chance(2)) stretch_to_a_day(random, scenario);
  return scenario;
}

Duration longest_interval(const Scenario& scenario) {
  return time_of(scenario, proto::advert_interval);
}

// OpenBSD's skew counts three times (C61).
Duration longest_master_down(const Scenario& scenario) {
  const Duration openbsd = scenario.peers.empty() ? Duration(0) : Duration(seconds(2));
  return time_of(scenario, proto::master_down_time) + openbsd;
}

// Workers are trusted after 3 s (D4 rule 4), holds end; then all who compete have heard, timed out
// or yielded twice: a host that came back may refuse a peer's lower counters until that has heard
// its own (D11 rule 5).
Duration settling_time(const Scenario& scenario) {
  seconds holds{0};
  for (const NodePlan& node : scenario.nodes)
    holds = std::max(holds, std::max(node.startup_hold, node.link_hold) + node.preempt_delay);
  for (const NodePlan& node : scenario.nodes)
    holds = std::max(holds, node.check.interval * (std::max(node.check.rise, node.check.fall) + 2));
  return milliseconds(3500) + holds + 2 * scenario.transition + 3 * longest_master_down(scenario) +
         3 * longest_interval(scenario);
}

std::string to_string(const Scenario& scenario) {
  std::string text = "seed " + std::to_string(scenario.seed) + ": " +
                     std::to_string(scenario.nodes.size()) + " hosts, " +
                     std::to_string(scenario.lans) + " lans" +
                     (scenario.arpbalance ? ", arpbalance" : "") + ", delay to " +
                     std::to_string(scenario.wire.delay_max.count()) + " us, loss " +
                     std::to_string(scenario.wire.loss) + ", duplicates " +
                     std::to_string(scenario.wire.duplicates) + " in a thousand, transition " +
                     std::to_string(scenario.transition.count()) + " s\n";
  for (size_t i = 0; i < scenario.nodes.size(); ++i) {
    const NodePlan& node = scenario.nodes[i];
    text += "  host " + std::to_string(i) + ": boots at " + seconds_text(node.boots_at) +
            (node.preempt ? ", preempt" : "") + ", drift " + std::to_string(node.drift_ppm) +
            " ppm, clock " + std::to_string(node.clock_error_ms) + " ms, holds " +
            std::to_string(node.startup_hold.count()) + '/' +
            std::to_string(node.link_hold.count()) + '/' +
            std::to_string(node.preempt_delay.count()) + " s\n";
  }
  for (size_t i = 0; i < scenario.groups.size(); ++i) {
    const GroupPlan& group = scenario.groups[i];
    text += "  carp" + std::to_string(i) + ": lan" + std::to_string(group.lan) + " vhid " +
            std::to_string(group.vhid) + " advbase " + std::to_string(group.advbase) + " advskew";
    for (const uint8_t skew : group.skews)
      text += skew == kAbsent ? " -" : ' ' + std::to_string(skew);
    text += '\n';
  }
  constexpr const char* kKinds[] = {"BSD", "OpenBSD", "UCarp"};
  for (const PeerPlan& peer : scenario.peers)
    text += std::string("  ") + kKinds[static_cast<size_t>(peer.kind)] + " in carp" +
            std::to_string(peer.group) + ": advskew " + std::to_string(peer.advskew) +
            (peer.preempt ? ", preempt" : "") + ", boots at " + seconds_text(peer.boots_at) + '\n';
  for (const QuerierPlan& querier : scenario.queriers)
    text += "  router on lan" + std::to_string(querier.lan) + ": IGMP version " +
            std::to_string(querier.version) + ", asks at least every " +
            seconds_text(querier.interval) + '\n';
  for (const Fault& fault : scenario.faults) text += "  " + to_string(fault) + '\n';
  return text;
}

}  // namespace carp::sim
