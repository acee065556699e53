// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <deque>
#include <map>

#include "lib/net/ethernet.h"
#include "tests/sim/appliance.h"
#include "tests/sim/invariants.h"

namespace carp::sim {
namespace {

using proto::State;
using std::chrono::milliseconds;

// One that is due, one for a change of demotion, one that leaves a common step (D11 rule 6), one
// of a new mastership: a fifth within this is a burst. Demotion is told once per 100 ms (D10).
constexpr size_t kBurst = 5;
constexpr Duration kBurstTime = milliseconds(90);

class OrderInTheEngine final : public Invariant {
 public:
  explicit OrderInTheEngine(World& world) : world_(world) {}

  void on_boot(const Appliance& host) override { generations_[host.id()] = 0; }

  void on_table(const Appliance& host, uint64_t generation) override {
    if (generation <= std::exchange(generations_[host.id()], generation))
      world_.broken("host " + std::to_string(host.id()) + " goes back to an older table");
  }

  void on_step(const Appliance& host) override {
    for (const auto& entry : host.engine().vhosts()) {
      const proto::Vhost& vhost = entry->vhost;
      const bool timer = vhost.deadline != proto::kNever;
      const bool lease = vhost.lease_until != proto::kNever;
      if (timer != (vhost.state != State::init) || lease != (vhost.state == State::master))
        world_.broken("host " + std::to_string(host.id()) + ", " + entry->config.name +
                      ": a timer is missing or left over");
    }
  }

  void on_frame(const Appliance& host, size_t lan, net::ConstBytes frame) override {
    const auto* ethernet = net::view_at<net::EthernetHeader>(frame, 0);
    if (ethernet->destination != net::kCarpGroupMac) return;
    const auto vhid = net::vhid_of(ethernet->source);
    const proto::Pace pace = proto::claimed_pace(frame);
    if (!vhid || pace == proto::kBowOut) return;
    auto& sent = sent_[{host.id(), lan, *vhid}];
    sent.push_back({world_.now(), proto::advert_interval(pace)});
    if (sent.size() > kBurst) sent.pop_front();
    // Its clock may be fast. Who is demoted says so at once and then speaks less often.
    Duration within = kBurstTime;
    for (const Sent& advert : sent) within = std::min(within, advert.interval * 8 / 10);
    if (sent.size() == kBurst && sent.back().at - sent.front().at < within)
      world_.broken("host " + std::to_string(host.id()) + " sends a burst for vhid " +
                    std::to_string(*vhid));
  }

  void on_change(const VhostChange& change) override {
    sent_[{change.host.id(), change.lan, change.vhid}].clear();
  }

 private:
  struct Sent {
    TimePoint at;
    Duration interval;
  };

  World& world_;
  std::map<StationId, uint64_t> generations_;
  std::map<std::tuple<StationId, size_t, uint8_t>, std::deque<Sent>> sent_;
};

}  // namespace

std::unique_ptr<Invariant> order_in_the_engine(World& world) {
  return std::make_unique<OrderInTheEngine>(world);
}

}  // namespace carp::sim
