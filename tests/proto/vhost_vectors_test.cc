// SPDX-License-Identifier: BSD-3-Clause
//
// The vectors ELE: who becomes or stays MASTER when an advertisement is heard, as FreeBSD 6.2 has
// it, and for OpenBSD's demotion byte as OpenBSD has it (C77).
#include <gtest/gtest.h>

#include "tests/proto/vhost_scene.h"
#include "tests/support/vectors.h"

namespace carp::proto {
namespace {

class ElectionVector : public testing::TestWithParam<support::Vector> {
 protected:
  const nlohmann::json& params() const { return GetParam().json.at("params"); }
  // ELE-032 to ELE-037.
  bool is_openbsd() const { return params().contains("local_demote"); }
  Pace pace(const char* whose) const { return {params().at(whose)[0], params().at(whose)[1]}; }

  Circumstances circumstances() const {
    Circumstances at{.now = kBegin + milliseconds(500), .preempt = params().at("preempt") == 1};
    if (is_openbsd()) at.demotion_byte = params().at("local_demote");
    if (!is_openbsd()) at.demoted = params().at("suppress_preempt") == 1;
    return at;
  }

  Vhost vhost() const {
    const std::string state = params().at("state");
    Vhost vhost = state == "INIT"     ? init_vhost(pace("local"))
                  : state == "BACKUP" ? backup_vhost(pace("local"))
                                      : master_vhost(pace("local"));
    vhost.openbsd_demotion = is_openbsd();
    return vhost;
  }

  // The state after the advertisement, and the vector's word for what happened.
  std::pair<std::string, std::string> outcome(bool from_lower_address) const {
    Vhost vhost = this->vhost();
    const State before = vhost.state;
    const Circumstances at = circumstances();
    Heard heard{.pace = pace("remote"), .from_lower_address = from_lower_address};
    if (is_openbsd()) heard.demotion_byte = params().at("remote_demote");
    const Actions actions = on_advert(vhost, heard, at);
    EXPECT_EQ(actions.changed, before != vhost.state);
    return {std::string(to_string(vhost.state)), word_for(before, actions.reason)};
  }

 private:
  static std::string word_for(State before, Reason reason) {
    switch (reason) {
      case Reason::better_peer:
      case Reason::tie: return "yield";
      case Reason::preempting: return "preempt";
      case Reason::master_timed_out:
      case Reason::master_bowed_out: return "master-will-time-out";
      case Reason::demoted_master: return "demoted-master";
      case Reason::none: break;
      default: return std::string(to_string(reason));
    }
    if (before == State::init) return "ignored";
    return before == State::backup ? "restart-master-down-timer" : "keep";
  }
};

[[nodiscard]] bool is_tie(const support::Vector& vector) {
  for (const char* id : {"ELE-003", "ELE-004", "ELE-027", "ELE-034"})
    if (vector.id == id) return true;
  return false;
}

TEST_P(ElectionVector, EndsAsTheFieldSays) {
  const auto& expect = GetParam().json.at("expect").at(is_openbsd() ? "openbsd" : "freebsd62");
  const std::pair<std::string, std::string> expected{expect.at("state"), expect.at("reason")};
  EXPECT_EQ(outcome(true), expected);
  // D3: of two equal masters the one with the lower address stays; the BSDs yield both.
  const std::pair<std::string, std::string> kept{"MASTER", "keep"};
  EXPECT_EQ(outcome(false), is_tie(GetParam()) ? kept : expected);
}

INSTANTIATE_TEST_SUITE_P(Vectors, ElectionVector, testing::ValuesIn(support::vectors("election")),
                         support::vector_name);

}  // namespace
}  // namespace carp::proto
