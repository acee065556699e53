// SPDX-License-Identifier: BSD-3-Clause
//
// `switchover`: hands virtual hosts over by bow out and watches until another host advertises
// itself as their MASTER, so that the one who asked hears how long nobody answered. Asked for again
// by passes of control's loop; nobody waits but the session. Pure; control only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/control/engine.h"
#include "lib/control/reply.h"

namespace carp::control {

// After so long nobody is waited for any more; dpdk-carpctl waits longer.
inline constexpr proto::Duration kSwitchoverPatience = std::chrono::seconds(20);

class Switchovers {
 public:
  // The answer, as soon as there is one.
  using Ticket = std::shared_ptr<const std::optional<Reply>>;

  // Requires: all of them are MASTER here.
  [[nodiscard]] Ticket begin(Engine& engine, const std::vector<std::string>& names,
                             proto::TimePoint now, Outbox& out);
  // Once a pass: answers what is over.
  void poll(const Engine& engine, proto::TimePoint now);

 private:
  // Of one command.
  struct Course {
    std::vector<std::string> names;  // not over yet
    proto::TimePoint began;          // from here on our workers are silent
    size_t count = 0;                // of all
    std::vector<std::string> taken;  // "carp0: ..."
    std::vector<std::string> kept;
    std::shared_ptr<std::optional<Reply>> reply;
  };
  static void look(const Engine& engine, Course& course, const std::string& name,
                   proto::TimePoint now);
  [[nodiscard]] static Reply report(const Course& course);

  std::vector<Course> courses_;
};

}  // namespace carp::control
