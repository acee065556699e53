// SPDX-License-Identifier: BSD-3-Clause
//
// An engine with many virtual hosts, dealt to 16 VLANs of one port, in two seconds of virtual time:
// for callgrind, which counts the instructions inside `measured`. Prints what happened there.
//
//   control_cost advertise VHOSTS     MASTER of all: events are advertisements sent
//   control_cost hear VHOSTS          BACKUP of all: events are advertisements heard
//   control_cost idle VHOSTS          the same: events are passes in which nothing is due
//   control_cost switch VHOSTS        all become MASTER in one moment: events are virtual hosts
//
//   events=N tables=N                 exit 1 where not all are what they should be
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/control/engine.h"
#include "lib/proto/key.h"

namespace carp::control {
namespace {

using proto::Duration;
using proto::State;
using proto::TimePoint;
using std::chrono::seconds;

constexpr unsigned kInterfaces = 16;
constexpr dataplane::PortId kPort = 0;
constexpr Duration kBetweenPasses{20};  // at least

[[nodiscard]] Config config_of(unsigned vhosts, uint8_t host) {
  Config config;
  for (unsigned i = 0; i < kInterfaces; ++i) {
    InterfaceConfig& interface = config.interfaces.emplace_back();
    interface.name = "lan" + std::to_string(i);
    interface.vlan = static_cast<uint16_t>(100 + i);
    interface.addresses = {{net::Ipv4Address{10u << 24 | i << 16 | host}, 16}};
  }
  for (unsigned i = 0; i < vhosts; ++i) {
    proto::VhostConfig& vhost = config.vhosts.emplace_back();
    vhost.name = "carp" + std::to_string(i);
    vhost.interface = "lan" + std::to_string(i % kInterfaces);
    vhost.vhid = static_cast<uint8_t>(1 + i / kInterfaces);
    vhost.key = proto::key_from_pass("bench");
    vhost.addresses = {{net::Ipv4Address{10u << 24 | i % kInterfaces << 16 | (256 + i)}, 16}};
  }
  return config;
}

struct Frame {
  TimePoint at;
  net::Frame bytes;
};

// An engine and the least of a shell: workers confirm at once, ports take every frame.
class Host {
 public:
  Host(unsigned vhosts, uint8_t number)
      : engine_({.config = config_of(vhosts, number),
                 .facts = {kInterfaces, {kPort, {{2, 0, 0, 0, 0, number}}}},
                 .leases = leases_.get(),
                 .unix_us = 1'795'330'800'000'000,
                 .now = now_,
                 .seed = number}) {
    engine_.on_link(kPort, true, now_, out_);
  }

  void will_hear(std::vector<Frame> frames) { coming_ = {frames.begin(), frames.end()}; }

  // A pass at every deadline and whenever somebody is heard, but never two at once.
  void run(Duration time) {
    const TimePoint end = now_ + time;
    while (now_ < end) {
      TimePoint next = std::min(engine_.next_deadline(), end);
      if (!coming_.empty()) next = std::min(next, coming_.front().at);
      now_ = std::max(next, now_ + kBetweenPasses);
      pass();
    }
  }

  // Passes in which nothing is due and nobody heard, as control makes them between two deadlines.
  void idle(unsigned passes) {
    for (unsigned i = 0; i < passes; ++i) pass();
  }

  void become_master() {
    for (const auto& entry : engine_.vhosts())
      engine_.set_operator_state(entry->config.name, State::master, now_, out_);
  }

  [[nodiscard]] bool is_all(State state) const {
    for (const auto& entry : engine_.vhosts())
      if (entry->vhost.state != state) return false;
    return true;
  }
  [[nodiscard]] const std::vector<Frame>& said() const { return said_; }
  [[nodiscard]] size_t tables() const { return tables_; }
  [[nodiscard]] size_t heard() const { return engine_.statistics().ipackets; }

 private:
  void pass() {
    engine_.begin_pass(now_, out_);
    engine_.on_poll(kPort, now_);
    engine_.on_applied(applied_);
    for (; !coming_.empty() && coming_.front().at <= now_; coming_.pop_front())
      engine_.on_advert_frame(kPort, coming_.front().bytes, now_, out_);
    engine_.advance(now_, out_);
    Outbox out = std::exchange(out_, {});
    if (out.table) {
      ++tables_;
      applied_ = out.table->generation();
    }
    for (OutFrame& frame : out.frames) {
      if (frame.token == 0) continue;
      engine_.on_transmitted(frame.token, Transmitted::ok, now_, out_);
      said_.push_back({now_, std::move(frame.bytes)});
    }
  }

  std::unique_ptr<dataplane::LeaseBoard> leases_ = std::make_unique<dataplane::LeaseBoard>();
  TimePoint now_{std::chrono::hours(1)};
  Engine engine_;
  Outbox out_;
  std::deque<Frame> coming_;
  std::vector<Frame> said_;
  uint64_t applied_ = 0;
  size_t tables_ = 0;
};

constexpr unsigned kIdlePasses = 1000;
constexpr Duration kMeasured = seconds(2);

// The only thing that callgrind looks at.
[[gnu::noinline]] void measured(std::string_view what, Host& host) {
  if (what == "idle") return host.idle(kIdlePasses);
  if (what == "switch") host.become_master();
  host.run(what == "switch" ? kBetweenPasses : kMeasured);
}

int cost(std::string_view what, unsigned vhosts) {
  Host host(vhosts, 1);
  host.run(seconds(1));
  if (what == "hear") {
    Host neighbour(vhosts, 2);
    neighbour.run(seconds(1));
    neighbour.become_master();
    neighbour.run(seconds(5));
    host.will_hear(neighbour.said());
  }
  if (what == "advertise") host.become_master();
  host.run(what == "switch" ? kBetweenPasses : kMeasured);  // first words are over

  const size_t said = host.said().size();
  const size_t heard = host.heard();
  const size_t tables = host.tables();
  measured(what, host);
  size_t events = vhosts;
  if (what == "idle") events = kIdlePasses;
  if (what == "advertise") events = host.said().size() - said;
  if (what == "hear") events = host.heard() - heard;
  std::printf("events=%zu tables=%zu\n", events, host.tables() - tables);
  const bool is_master = what == "advertise" || what == "switch";
  return host.is_all(is_master ? State::master : State::backup) ? 0 : 1;
}

}  // namespace
}  // namespace carp::control

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  return carp::control::cost(argv[1], static_cast<unsigned>(std::atoi(argv[2])));
}
