// SPDX-License-Identifier: BSD-3-Clause
//
// Lines that need the file (I3.5): one job at a time, and what follows it on the line waits.
#include "tests/control/reload_rig.h"

namespace carp::control {
namespace {

TEST_F(Reload, TheRestOfTheLineComesAfterIt) {
  EXPECT_EQ(say(read(start), "sysctl net.inet.carp.log && reload && sysctl net.inet.carp.log"),
            "net.inet.carp.log: 2\nnet.inet.carp.log: 2\n");
}

TEST_F(Reload, ASecondOneWaitsInTheRestOfALine) {
  const Reply first = desk.type("reload && reload");
  ASSERT_TRUE(first.waiting);
  ASSERT_TRUE(desk.jobs.take());
  desk.jobs.finish({});
  const Reply second = desk.commands.resume(*first.waiting, Access::change, desk.view,
                                            desk.rig.now(), desk.rig.out());
  ASSERT_TRUE(second.waiting);
  EXPECT_FALSE(second.waiting->is_over());
  EXPECT_TRUE(desk.jobs.take());
}

TEST_F(Reload, OneAtATimeAndOnlyByWhoMayChangeThings) {
  EXPECT_TRUE(desk.type("reload", Access::show_only).text.starts_with("error: permission denied"));
  EXPECT_EQ(desk.jobs.take(), nullptr);
  EXPECT_EQ(desk.say("reload now"), "error: usage: reload\n");
  ASSERT_TRUE(desk.type("reload").waiting);
  EXPECT_EQ(desk.say("reload"), "error: reload: another reload or write is under way\n");
  ASSERT_TRUE(desk.jobs.take());
  EXPECT_EQ(desk.say("reload"), "error: reload: another reload or write is under way\n");
  EXPECT_EQ(desk.say("write"), "error: write: another reload or write is under way\n");
  desk.jobs.finish({});
  EXPECT_TRUE(desk.type("reload").waiting);
}

TEST_F(Reload, WriteSavesWhatRunsAtThatMoment) {
  EXPECT_TRUE(desk.type("write", Access::show_only).text.starts_with("error: permission denied"));
  desk.say("ifconfig carp0 advskew 9");
  const Reply reply = desk.type("write && sysctl net.inet.carp.log");
  ASSERT_TRUE(reply.waiting);
  desk.say("ifconfig carp0 advskew 10");
  const auto job = desk.jobs.take();
  ASSERT_TRUE(job);
  EXPECT_EQ(job->kind, JobKind::write);
  Config expected = start;
  expected.vhosts[0].pace.advskew = 9;
  EXPECT_EQ(job->running, expected);
  desk.jobs.finish(Reply{});
  EXPECT_EQ(desk.commands
                .resume(*reply.waiting, Access::change, desk.view, desk.rig.now(), desk.rig.out())
                .text,
            "net.inet.carp.log: 2\n");
}

TEST_F(Reload, WhatFailsEndsTheLine) {
  const Reply reply = desk.type("write && shutdown");
  ASSERT_TRUE(reply.waiting && desk.jobs.take());
  desk.jobs.finish({.text = "error: write: no\n", .error = true});
  const Reply end = desk.commands.resume(*reply.waiting, Access::change, desk.view, desk.rig.now(),
                                         desk.rig.out());
  EXPECT_EQ(end.text, "error: write: no\n");
  EXPECT_FALSE(desk.commands.shutdown_wanted());
}

}  // namespace
}  // namespace carp::control
