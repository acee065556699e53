// SPDX-License-Identifier: BSD-3-Clause
//
// What the flight recorder remembers, when a dump is due and what is in it; and what the engine
// tells it.
#include "lib/control/flight_log.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using proto::Reason;
using proto::State;
using proto::TimePoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TimePoint kNow{seconds(1000)};

// A log whose events are numbered by their times.
class FlightLogTest : public testing::Test {
 protected:
  void events(size_t count) {
    for (size_t i = 0; i < count; ++i) log.note(next++, 0, {}, {"heard"});
  }
  void change(TimePoint now) {
    log.note_change({next++, "carp0", State::backup, State::master, Reason::master_timed_out}, 0,
                    now);
  }
  FlightLog log{{"lan0"}};
  uint64_t next = 0;
};

TEST_F(FlightLogTest, WithoutAChangeNothingIsEverDue) {
  events(3 * kFlightEvents);
  EXPECT_FALSE(log.has_changes());
  EXPECT_FALSE(log.is_due(TimePoint::max()));
}

TEST_F(FlightLogTest, Takes200Before50AfterAndTheChange) {
  events(300);
  change(kNow);
  events(49);
  EXPECT_FALSE(log.is_due(kNow));
  events(1);
  EXPECT_TRUE(log.is_due(kNow));
  events(20);  // more than are wanted
  const FlightDump dump = log.take(kNow);
  ASSERT_EQ(dump.events.size(), 251u);
  EXPECT_EQ(dump.events.front().unix_us, 100u);
  EXPECT_EQ(dump.events[200].text(), "carp0: BACKUP -> MASTER (master timed out)");
  EXPECT_EQ(dump.events.back().unix_us, 350u);
  EXPECT_EQ(dump.change.unix_us, 300u);
  EXPECT_EQ(dump.changes, 1u);
  EXPECT_EQ(dump.interfaces, std::vector<std::string>{"lan0"});
  EXPECT_FALSE(log.has_changes());
}

TEST_F(FlightLogTest, OnAQuietSegmentWaitsForThreeSeconds) {
  change(kNow);
  events(2);
  EXPECT_FALSE(log.is_due(kNow + seconds(3) - milliseconds(1)));
  EXPECT_TRUE(log.is_due(kNow + seconds(3)));
  EXPECT_EQ(log.take(kNow + seconds(3)).events.size(), 3u);
}

// Every change has 50 after it, but none puts the end off for ever.
TEST_F(FlightLogTest, ChangesNearEachOtherShareADump) {
  events(300);
  change(kNow);
  events(40);
  change(kNow);
  events(49);
  EXPECT_FALSE(log.is_due(kNow));
  EXPECT_TRUE(log.is_due(kNow + seconds(3)));
  events(1);
  const FlightDump dump = log.take(kNow);
  EXPECT_EQ(dump.changes, 2u);
  EXPECT_EQ(dump.events.size(), 200u + 1 + 40 + 1 + 50);
}

TEST_F(FlightLogTest, AllVirtualHostsAtOnceAreOneDump) {
  events(1000);
  for (int i = 0; i < 4080; ++i) change(kNow);
  ASSERT_TRUE(log.is_due(kNow));
  const FlightDump dump = log.take(kNow);
  EXPECT_EQ(dump.changes, 4080u);
  EXPECT_EQ(dump.events.size(), kFlightEvents);
  events(kFlightEvents);
  EXPECT_FALSE(log.is_due(TimePoint::max()));
}

TEST_F(FlightLogTest, ThereIsADumpASecondAtMost) {
  change(kNow);
  events(50);
  (void)log.take(kNow);
  change(kNow + milliseconds(10));
  events(500);
  EXPECT_FALSE(log.is_due(kNow + milliseconds(999)));
  EXPECT_TRUE(log.is_due(kNow + seconds(1)));
}

// A thousand changes that follow each other: what came before the first one says why.
TEST_F(FlightLogTest, IsDueBeforeTheRingLosesItsBeginning) {
  events(5000);
  const uint64_t first = next;
  for (int i = 0; i < 4096 && !log.is_due(kNow); ++i) {
    change(kNow);
    events(3);
  }
  ASSERT_TRUE(log.is_due(kNow));
  EXPECT_EQ(log.take(kNow).events.front().unix_us, first - kFlightBefore);
}

// A disk that hung for long.
TEST_F(FlightLogTest, ALateDumpHoldsWhatIsLeft) {
  events(100);
  change(kNow);
  events(kFlightEvents - 10);
  EXPECT_EQ(log.take(kNow).events.front().unix_us, 91u);
  change(kNow);
  events(2 * kFlightEvents);
  const FlightDump dump = log.take(kNow);
  EXPECT_TRUE(dump.events.empty());
  EXPECT_EQ(dump.changes, 1u);
}

TEST_F(FlightLogTest, CutsWhatIsLongerThanAnEvent) {
  const net::Frame frame(200, 7);
  log.note(1, 0, frame, {std::string(100, 'a'), std::string(100, 'b')});
  log.note_change({2, "carp0", State::init, State::backup, Reason::started}, 0, kNow);
  const FlightDump dump = log.take(kNow);
  const FlightEvent& event = dump.events.front();
  EXPECT_EQ(event.frame_length, 200u);
  EXPECT_EQ(event.kept().size(), 128u);
  EXPECT_EQ(event.text(), std::string(100, 'a') + std::string(14, 'b'));
}

[[nodiscard]] std::vector<std::string> texts(const FlightDump& dump) {
  std::vector<std::string> texts;
  for (const FlightEvent& event : dump.events) texts.emplace_back(event.text());
  return texts;
}

// A BACKUP hears its master and a stranger, then nobody, and takes over.
TEST(FlightOfTheEngine, TellsWhyAHostTookOver) {
  const auto carp0 = vhost("carp0", 1, "192.168.1.50/24", {1, 100});
  auto wrong = carp0;
  wrong.key.bytes[0] ^= 1;
  Neighbour master(carp0);
  Neighbour stranger(wrong, "192.168.1.9");
  EngineRig rig(lan_config({carp0}));
  rig.start();
  rig.run(milliseconds(100));
  FlightLog& log = rig.engine().flight_log();
  ASSERT_TRUE(log.has_changes());  // it has started
  (void)log.take(rig.now());

  const net::Frame heard = master.advert({1, 0});
  rig.receive(0, heard);
  rig.receive(0, stranger.advert({1, 0}));
  rig.run(seconds(4));
  ASSERT_TRUE(rig.is_master());
  ASSERT_TRUE(log.has_changes());
  const FlightDump dump = log.take(rig.now());
  const std::vector<std::string> told = texts(dump);
  const std::vector<std::string> wanted = {
      "heard from 192.168.1.4: accepted",
      "heard from 192.168.1.9: refused: badauth (wrong password or address list, or another "
      "group with our vhid)",
      "carp0: BACKUP -> MASTER (master timed out)",
      "carp0: sent",
  };
  const auto begin = std::find(told.begin(), told.end(), wanted.front());
  ASSERT_GE(told.end() - begin, 4);
  EXPECT_EQ(std::vector<std::string>(begin, begin + 4), wanted);
  const auto& event = dump.events[static_cast<size_t>(begin - told.begin())];
  EXPECT_EQ(net::Frame(event.kept().begin(), event.kept().end()), heard);
  EXPECT_EQ(event.interface, 0u);
  EXPECT_EQ(dump.change.reason, Reason::master_timed_out);
}

TEST(FlightOfTheEngine, TellsOfLinksAndOfWhatDidNotLeave) {
  EngineRig rig(lan_config({vhost("carp0", 1, "192.168.1.50/24")}));
  rig.start();
  rig.run(seconds(4));
  rig.transmits = Transmitted::failed;
  rig.run(seconds(1));
  rig.set_link(0, false);
  rig.pass();
  const auto told = texts(rig.engine().flight_log().take(rig.now()));
  for (const char* text : {"carp0: created", "lan0: link up", "carp0: INIT -> BACKUP (started)",
                           "carp0: what it sent did not leave: the port refused it",
                           "lan0: link down", "carp0: MASTER -> INIT (link down)"})
    EXPECT_GE(std::count(told.begin(), told.end(), text), 1) << text;
}

}  // namespace
}  // namespace carp::control
