// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <map>
#include <set>

#include "tests/sim/appliance.h"
#include "tests/sim/invariants.h"

namespace carp::sim {
namespace {

using proto::State;
using std::chrono::milliseconds;
using std::chrono::seconds;

class OneAnswer final : public Invariant {
 public:
  explicit OneAnswer(World& world) : world_(world), changed_at_(world.scenario().lans) {}

  void on_boot(const Appliance&) override {
    std::fill(changed_at_.begin(), changed_at_.end(), world_.now());
  }
  void on_change(const VhostChange& change) override { changed_at_[change.lan] = world_.now(); }

  // While somebody changes, slots may differ from host to host: for as long as a slot counts that
  // nobody serves (D7).
  void on_asked(const Asked& asked) override {
    const TimePoint calm = world_.calm_since(asked.lan);
    const Duration slots_settle = 2 * longest_master_down(world_.scenario()) + seconds(2);
    if (calm == proto::kNever || asked.at < calm + slots_settle ||
        asked.at < changed_at_[asked.lan] + slots_settle ||
        asked.at < world_.fault_at() + slots_settle)
      return;
    const std::vector<uint8_t> slots = served_vhids(asked);
    if (slots.empty()) return;
    if (asked.echo_to) return judge_echo(asked, slots);
    if (asked.answers.size() != 1) return complain(asked, "gets not one answer but ");
    const uint8_t expected = slots[asked.own.value % slots.size()];
    const bool balanced = world_.scenario().arpbalance;
    if (balanced && asked.answers.front() != net::virtual_mac(expected))
      return complain(
          asked, "is sent to another slot than vhid " + std::to_string(expected) + ", answers: ");
  }

 private:
  void complain(const Asked& asked, const std::string& what) const {
    std::string answers = std::to_string(asked.answers.size());
    for (const StationId who : asked.answerers) answers += ", host " + std::to_string(who);
    world_.broken("client " + net::to_string(asked.own) + " of lan" + std::to_string(asked.lan) +
                  " asks for " + net::to_string(asked.address) + " and " + what + answers);
  }

  // The MAC in a cache outlives takeovers: while its vhid is served somebody answers, and one only.
  void judge_echo(const Asked& asked, const std::vector<uint8_t>& slots) const {
    const auto vhid = net::vhid_of(*asked.echo_to);
    const bool served = vhid && std::find(slots.begin(), slots.end(), *vhid) != slots.end();
    if (served && asked.answers.size() != 1) complain(asked, "is echoed not by one but by ");
  }

  // Ascending: the vhids of this address that have a MASTER somewhere.
  [[nodiscard]] std::vector<uint8_t> served_vhids(const Asked& asked) const {
    std::set<uint8_t> vhids;
    for (const auto& host : world_.hosts()) {
      if (!host->is_on() || !host->has_link(asked.lan)) continue;
      for (const auto& entry : host->engine().vhosts()) {
        const auto& shared = entry->sets.addresses();
        const bool has = std::any_of(shared.begin(), shared.end(), [&](const auto& prefix) {
          return prefix.address == asked.address;
        });
        if (entry->interface == asked.lan && has && host->serves(*entry))
          vhids.insert(entry->config.vhid);
      }
    }
    return {vhids.begin(), vhids.end()};
  }

  World& world_;
  std::vector<TimePoint> changed_at_;  // by lan
};

}  // namespace

std::unique_ptr<Invariant> one_answer(World& world) { return std::make_unique<OneAnswer>(world); }

}  // namespace carp::sim
