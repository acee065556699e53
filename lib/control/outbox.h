// SPDX-License-Identifier: BSD-3-Clause
//
// What the engine wants done, in the order in which the loop does it: MACs to receive, leases,
// counters, table, frames, log, changes. That order is half of D22: no frame of ours leaves before
// the lease and table that go with it are on their way. Filled by the engine, emptied by the loop
// (or by the simulator).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lib/dataplane/table.h"
#include "lib/net/build.h"
#include "lib/proto/time.h"
#include "lib/proto/vhost.h"

namespace carp::control {

// Names one advertisement in Engine::on_transmitted; 0: nobody wants to know what became of it.
using SendToken = uint64_t;

struct OutFrame {
  dataplane::PortId port = 0;
  net::Frame bytes;
  SendToken token = 0;
  // Of an advertisement whose interval is over: since when. kNever: nobody asks how late it is.
  proto::TimePoint due = proto::kNever;
};

// Workers may act as MASTER for the virtual host with this lease index until then.
struct LeaseUpdate {
  uint16_t index = 0;
  proto::TimePoint until;  // TimePoint::min(): from now on not at all
};

// The counter accepted or sent last for the virtual host with this lease index.
struct CounterUpdate {
  uint16_t index = 0;
  uint64_t counter = 0;
};

// A virtual host has come: its port shall receive frames for this MAC.
struct AcceptMac {
  dataplane::PortId port = 0;
  net::MacAddress mac;
};

enum class LogTopic : uint8_t { control, proto };
enum class LogLevel : uint8_t { error, warning, notice, info };

struct LogLine {
  LogTopic topic = LogTopic::control;
  LogLevel level = LogLevel::info;
  std::string text;
};

// A virtual host has become another state, and its peers have been told (D22): for the hooks.
struct StateChange {
  std::string name;  // carp0
  uint8_t vhid = 0;
  std::string interface;
  proto::State from = proto::State::init;
  proto::State to = proto::State::init;
  proto::Reason reason = proto::Reason::none;
  [[nodiscard]] friend bool operator==(const StateChange&, const StateChange&) = default;
};

struct Outbox {
  std::vector<AcceptMac> accept;
  std::vector<LeaseUpdate> leases;
  std::vector<CounterUpdate> counters;
  std::unique_ptr<dataplane::ForwardTable> table;  // null: no change
  proto::TimePoint table_decided_at;               // when the first of its changes was decided
  std::vector<OutFrame> frames;
  std::vector<LogLine> log;
  std::vector<StateChange> changes;
};

}  // namespace carp::control
