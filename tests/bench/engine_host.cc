// SPDX-License-Identifier: BSD-3-Clause
#include "tests/bench/engine_host.h"

#include <algorithm>
#include <string>
#include <utility>

#include "lib/proto/key.h"

namespace carp::bench {
namespace {

using proto::Duration;
using proto::State;
using proto::TimePoint;

constexpr unsigned kInterfaces = 16;
constexpr dataplane::PortId kPort = 0;

[[nodiscard]] control::Config config_of(unsigned vhosts, uint8_t host) {
  control::Config config;
  for (unsigned i = 0; i < kInterfaces; ++i) {
    control::InterfaceConfig& interface = config.interfaces.emplace_back();
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

}  // namespace

EngineHost::EngineHost(unsigned vhosts, uint8_t number)
    : engine_({.config = config_of(vhosts, number),
               .facts = {kInterfaces, {kPort, {{2, 0, 0, 0, 0, number}}}},
               .leases = leases_.get(),
               .unix_us = 1'795'330'800'000'000,
               .now = now_,
               .seed = number}) {
  engine_.on_link(kPort, true, now_, out_);
}

void EngineHost::run(Duration time) {
  const TimePoint end = now_ + time;
  while (now_ < end) {
    TimePoint next = std::min(engine_.next_deadline(), end);
    if (!coming_.empty()) next = std::min(next, coming_.front().at);
    now_ = std::max(next, now_ + kBetweenPasses);
    pass();
  }
}

void EngineHost::idle(unsigned passes) {
  for (unsigned i = 0; i < passes; ++i) pass();
}

void EngineHost::become_master() {
  for (const auto& entry : engine_.vhosts())
    engine_.set_operator_state(entry->config.name, State::master, now_, out_);
}

bool EngineHost::is_all(State state) const {
  return std::ranges::all_of(engine_.vhosts(),
                             [&](const auto& entry) { return entry->vhost.state == state; });
}

void EngineHost::pass() {
  engine_.begin_pass(now_, out_);
  engine_.on_poll(kPort, now_);
  engine_.on_applied(applied_);
  for (; !coming_.empty() && coming_.front().at <= now_; coming_.pop_front())
    engine_.on_advert_frame(kPort, coming_.front().bytes, now_, out_);
  engine_.advance(now_, out_);
  control::Outbox out = std::exchange(out_, {});
  if (out.table) {
    ++tables_;
    applied_ = out.table->generation();
  }
  for (control::OutFrame& frame : out.frames) {
    if (frame.token == 0) continue;
    engine_.on_transmitted(frame.token, control::Transmitted::ok, now_, out_);
    said_.push_back({now_, std::move(frame.bytes)});
  }
}

}  // namespace carp::bench
