// SPDX-License-Identifier: BSD-3-Clause
//
// Dumps of the flight recorder on the disk: whole or not at all, bounded, and what becomes of them
// while the helper is busy or the disk is not there.
#include "lib/control/flight_recorder.h"

#include <algorithm>
#include <atomic>

#include "lib/control/flight_file.h"
#include "tests/control/files_fixture.h"

namespace carp::control {
namespace {

using proto::Reason;
using proto::State;
using proto::TimePoint;
using std::chrono::seconds;

constexpr uint64_t kTime = 1795330800'123456;  // 2026-11-22T07:00:00.123456Z

[[nodiscard]] HistoryEntry change(uint64_t unix_us) {
  return {unix_us, "carp0", State::backup, State::master, Reason::master_timed_out};
}
[[nodiscard]] FlightDump dump(uint64_t unix_us) {
  return {.interfaces = {"lan0"}, .change = change(unix_us), .changes = 1, .events = {}};
}

class FlightRecorderTest : public FilesTest {
 protected:
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(folder_))
      names.push_back(file.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  // A change whose dump is due `now`.
  void change_state() {
    log.note_change(change(kTime + changes++ * 1'000'000), 0, now);
    now += seconds(10);
  }
  // Passes until that holds.
  [[nodiscard]] bool poll_until(FlightRecorder& recorder, const std::function<bool()>& done) {
    return wait_until([&] {
      recorder.poll(log, now, out);
      return done();
    });
  }

  FlightLog log{{"lan0"}};
  TimePoint now{seconds(1000)};
  uint64_t changes = 0;
  Outbox out;
};

TEST_F(FlightRecorderTest, AFileIsNamedForTheFirstChange) {
  EXPECT_EQ(save_flight(folder_.string(), dump(kTime)), "");
  const std::string name = "flight-2026-11-22T07-00-00.123456Z-carp0-MASTER.pcapng";
  ASSERT_EQ(files(), std::vector<std::string>{name});
  EXPECT_EQ(content(name), flight_file(dump(kTime)));
  EXPECT_EQ(std::filesystem::status(folder_ / name).permissions(), std::filesystem::perms(0600));
}

TEST_F(FlightRecorderTest, TheFolderIsMade) {
  EXPECT_EQ(save_flight(path("new"), dump(kTime)), "");
  EXPECT_EQ(files(), std::vector<std::string>{"new"});
}

TEST_F(FlightRecorderTest, TheNewestFilesAreKeptAndNothingElseIsTouched) {
  write("counters", "lan0 1 77\n");
  write("flight-2026-11-22T06-00-00.000000Z-carp0-MASTER.pcapng.new", "half a file");
  for (uint64_t i = 0; i < 5; ++i)
    EXPECT_EQ(save_flight(folder_.string(), dump(kTime + i), {.files = 3}), "");
  EXPECT_EQ(files(), (std::vector<std::string>{"counters", flight_file_name(dump(kTime + 2)),
                                               flight_file_name(dump(kTime + 3)),
                                               flight_file_name(dump(kTime + 4))}));
}

TEST_F(FlightRecorderTest, TheirSizeIsBounded) {
  const uint64_t size = flight_file(dump(kTime)).size();
  for (uint64_t i = 0; i < 5; ++i)
    EXPECT_EQ(save_flight(folder_.string(), dump(kTime + i), {.bytes = 2 * size + 1}), "");
  EXPECT_EQ(files().size(), 2u);
  EXPECT_EQ(files().back(), flight_file_name(dump(kTime + 4)));
}

TEST_F(FlightRecorderTest, AChangeIsWrittenByTheHelper) {
  Helper helper;
  FlightRecorder recorder(folder_.string(), helper);
  change_state();
  EXPECT_TRUE(poll_until(recorder, [&] { return files().size() == 1 && helper.try_start([] {}); }));
  EXPECT_FALSE(log.has_changes());
  EXPECT_TRUE(out.log.empty());
}

// The first dump waits as it is; what changes meanwhile is the second.
TEST_F(FlightRecorderTest, WaitsForAHelperThatIsBusy) {
  std::atomic<bool> may_end{false};
  Helper helper;
  FlightRecorder recorder(folder_.string(), helper);
  ASSERT_TRUE(helper.try_start([&] { may_end.wait(false); }));
  for (int i = 0; i < 4; ++i) {
    change_state();
    recorder.poll(log, now, out);
  }
  EXPECT_TRUE(files().empty());
  may_end = true;
  may_end.notify_all();
  EXPECT_TRUE(poll_until(recorder, [&] {
    const auto names = files();
    return names.size() == 2 && names.back().ends_with(".pcapng");
  }));
  EXPECT_EQ(files().back(), flight_file_name(dump(kTime + 1'000'000)));
}

// A state folder that cannot be made: one line, until it works again.
TEST_F(FlightRecorderTest, AFailureIsSaidOnce) {
  write("file", "no folder");
  Helper helper;
  FlightRecorder recorder(path("file"), helper);
  for (int i = 0; i < 3; ++i) {
    change_state();
    EXPECT_TRUE(poll_until(recorder, [&] { return !out.log.empty() && helper.try_start([] {}); }));
  }
  ASSERT_EQ(out.log.size(), 1u);
  EXPECT_TRUE(out.log[0].text.starts_with("event=flight_not_written cannot make " + path("file")))
      << out.log[0].text;
  std::filesystem::remove(folder_ / "file");
  change_state();
  EXPECT_TRUE(poll_until(recorder, [&] { return out.log.size() == 2; }));
  EXPECT_EQ(out.log[1].text, "event=flight_written again");
}

TEST_F(FlightRecorderTest, TheEndDoesNotWaitForWhatFollows) {
  {
    Helper helper;
    FlightRecorder recorder(folder_.string(), helper);
    log.note_change(change(kTime), 0, now);
    recorder.poll(log, now, out);
    recorder.finish(log, now);
  }
  EXPECT_TRUE(wait_until([&] { return files() == std::vector{flight_file_name(dump(kTime))}; }));
}

}  // namespace
}  // namespace carp::control
