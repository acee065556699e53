// SPDX-License-Identifier: BSD-3-Clause
//
// A console on an appliance whose file says what a test hands over, as a value.
#pragma once

#include <gtest/gtest.h>

#include "lib/control/reconfigure_engine.h"
#include "tests/control/command_rig.h"

namespace carp::control {

inline constexpr const char* kFile = "/etc/carp.ini";

[[nodiscard]] inline ReadConfig read(const Config& config) { return {config, {}, {}}; }

// carp0 and carp1 on lan0, both MASTER.
class Reload : public testing::Test {
 protected:
  Reload() {
    desk.rig.run(std::chrono::seconds(5));
    desk.rig.forget_sent();
  }
  // What `line` answers when the file says this.
  std::string say(const ReadConfig& file, std::string_view line = "reload") {
    const Reply begun = desk.type(line);
    EXPECT_TRUE(begun.waiting);
    if (!begun.waiting) return begun.text;
    EXPECT_FALSE(begun.waiting->is_over());
    EXPECT_NE(desk.jobs.take(), nullptr);
    EngineRig& rig = desk.rig;
    desk.jobs.finish(reload_engine(rig.engine(), kFile, file, rig.now(), rig.out()));
    EXPECT_TRUE(begun.waiting->is_over());
    const Reply end =
        desk.commands.resume(*begun.waiting, Access::change, desk.view, rig.now(), rig.out());
    EXPECT_FALSE(end.waiting);
    rig.pass();
    return begun.text + end.text;
  }
  // The file as it is, with one thing changed.
  template <typename Change>
  std::string say_changed(Change change) {
    Config config = start;
    change(config);
    return say(read(config));
  }
  // How many goodbyes of this vhid were sent.
  [[nodiscard]] int goodbyes(uint8_t vhid) const {
    int count = 0;
    for (const SentAdvert& sent : desk.rig.adverts())
      count += sent.advert.vhid == vhid && sent.advert.pace == proto::kBowOut;
    return count;
  }

  const Config start = lab_config(
      {vhost("carp0", 1, "192.168.1.50/24"), vhost("carp1", 2, "192.168.1.51/24", {1, 100})});
  CommandRig desk{start};
};

}  // namespace carp::control
