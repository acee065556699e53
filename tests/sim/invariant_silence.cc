// SPDX-License-Identifier: BSD-3-Clause
#include <map>

#include "lib/net/ethernet.h"
#include "tests/sim/appliance.h"
#include "tests/sim/invariants.h"

namespace carp::sim {
namespace {

using proto::State;
using std::chrono::milliseconds;

// D4 rule 1, once more.
[[nodiscard]] Duration lease_of(proto::Pace pace) {
  const int64_t base_us = int64_t{pace.advbase} * 1'000'000;
  const int64_t skew_us = int64_t{std::max<uint8_t>(pace.advskew, 1)} * 1'000'000 / 256;
  return Duration((pace.advbase == 0 ? skew_us : base_us) * 27 / 10) + milliseconds(1);
}

class SilenceOfOthers final : public Invariant {
 public:
  explicit SilenceOfOthers(World& world) : world_(world) {}

  void on_change(const VhostChange& change) override {
    const Appliance& host = change.host;
    Speaker& speaker = speakers_[{host.id(), change.lan, change.vhid}];
    speaker.master = change.to == State::master;
    // Down and up again within a pass, it bows out as BACKUP.
    if (change.from == State::master) speaker.may_bow_out = true;
    if (speaker.master) speaker.may_bow_out = false;
    // Who becomes MASTER may answer at once.
    if (!speaker.master || change.entry == nullptr) return;
    const proto::Pace pace = change.entry->config.pace;
    speaker.until = host.clock(world_.now()) +
                    lease_of({pace.advbase,
                              proto::effective_skew(pace.advskew, host.engine().demotion().any())});
  }

  void on_boot(const Appliance& host) override {
    for (auto& [key, speaker] : speakers_)
      if (std::get<0>(key) == host.id()) speaker = {};
  }

  // All that carries the virtual MAC as its source: advertisements, gratuitous ARP, answers.
  void on_frame(const Appliance& host, size_t lan, net::ConstBytes frame) override {
    const auto* ethernet = net::view_at<net::EthernetHeader>(frame, 0);
    const auto vhid = net::vhid_of(ethernet->source);
    if (!vhid) return;
    Speaker& speaker = speakers_[{host.id(), lan, *vhid}];
    const bool is_advert = ethernet->destination == net::kCarpGroupMac;
    const proto::Pace pace = is_advert ? proto::claimed_pace(frame) : proto::Pace{};
    const std::string who = "host " + std::to_string(host.id()) + ", vhid " + std::to_string(*vhid);
    if (is_advert && pace == proto::kBowOut) {
      if (speaker.master || !speaker.may_bow_out) world_.broken(who + " bows out of turn");
      speaker.may_bow_out = false;
      return;
    }
    if (!speaker.master) world_.broken(who + " speaks as MASTER and is not");
    const TimePoint now = host.clock(world_.now());
    if (now > speaker.until) world_.broken(who + " speaks without a lease");
  }

  // What the port took counts as said, even where the cable is out for a moment.
  void on_written(const Appliance& host, size_t lan, net::ConstBytes frame, bool taken) override {
    const auto* ethernet = net::view_at<net::EthernetHeader>(frame, 0);
    const auto vhid = net::vhid_of(ethernet->source);
    if (!taken || !vhid || ethernet->destination != net::kCarpGroupMac) return;
    Speaker& speaker = speakers_[{host.id(), lan, *vhid}];
    const TimePoint now = host.clock(world_.now());
    if (now <= speaker.until) speaker.until = now + lease_of(proto::claimed_pace(frame));
  }

 private:
  struct Speaker {
    bool master = false;
    bool may_bow_out = false;
    TimePoint until;  // by its own clock
  };

  World& world_;
  std::map<std::tuple<StationId, size_t, uint8_t>, Speaker> speakers_;
};

}  // namespace

std::unique_ptr<Invariant> silence_of_others(World& world) {
  return std::make_unique<SilenceOfOthers>(world);
}

}  // namespace carp::sim
