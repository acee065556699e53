// SPDX-License-Identifier: BSD-3-Clause
//
// A console on an EngineRig: lines are typed, answers come back, and control makes a pass after
// each. lan0 is 192.168.1.3/24 on port 0, lan1 is 192.168.2.3/24 on port 1; links are up.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "lib/control/commands.h"
#include "tests/control/engine_rig.h"

namespace carp::control {

inline Config lab_config(std::vector<proto::VhostConfig> vhosts = {}) {
  Config config = lan_config(std::move(vhosts));
  config.interfaces.push_back(interface_config("lan1", "192.168.2.3/24"));
  return config;
}

class CommandRig {
 public:
  explicit CommandRig(Config config = lab_config())
      : rig(std::move(config)), commands(rig.engine(), jobs) {
    rig.start();
  }

  // The whole answer: the pieces of a long one together.
  Reply type(std::string_view line, Access access = Access::change) {
    return whole(begin(line, access), access);
  }
  Reply whole(Reply reply, Access access = Access::change) {
    while (reply.waiting && reply.waiting->is_over()) {
      Reply more = go_on(*reply.waiting, access);
      more.text.insert(0, reply.text);
      reply = std::move(more);
    }
    return reply;
  }
  // What comes at once, and what comes next of an answer that has more.
  Reply begin(std::string_view line, Access access = Access::change) {
    Reply reply = commands.execute(line, access, view, rig.now(), rig.out());
    rig.pass();
    return reply;
  }
  Reply go_on(const Waiting& waiting, Access access = Access::change) {
    Reply reply = commands.resume(waiting, access, view, rig.now(), rig.out());
    rig.pass();
    return reply;
  }
  // The text alone, of an answer or of an error.
  std::string say(std::string_view line) { return type(line).text; }
  // The document behind `show TOPIC json`.
  nlohmann::json document(const std::string& topic) {
    return nlohmann::json::parse(say("show " + topic + " json"));
  }

  EngineRig rig;
  RuntimeView view;
  ConfigJobs jobs;
  Commands commands;
};

}  // namespace carp::control
