// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/eal.h"

#include <gtest/gtest.h>

#include <atomic>

#include "lib/dpdk/log.h"
#include "lib/dpdk/start_error.h"
#include "tests/dpdk/eal_under_test.h"

namespace carp::dpdk {
namespace {

TEST(Eal, HasTheWorkersButNotTheMainLcore) {
  const auto lcores = eal_under_test().lcores();
  ASSERT_EQ(lcores.size(), 2U);
  EXPECT_EQ(lcores[0], 1U);
  EXPECT_EQ(lcores[1], 2U);
}

TEST(Eal, RunsJobsOnItsLcoresAndWaits) {
  std::atomic<int> sum{0};
  Eal& eal = eal_under_test();
  for (const unsigned lcore : eal.lcores()) {
    eal.launch(lcore, [&sum, lcore] { sum += static_cast<int>(lcore); });
  }
  eal.wait();
  EXPECT_EQ(sum, 3);
}

TEST(Eal, CannotBeStartedTwice) {
  try {
    Eal second({"dpdk_test", "--no-huge"});
    FAIL() << "started twice";
  } catch (const StartError& error) {
    EXPECT_EQ(error.code(), ExitCode::internal);
  }
}

TEST(Log, KnowsTheWordsOfItsLevels) {
  EXPECT_EQ(parse_log_level("error"), LogLevel::error);
  EXPECT_EQ(parse_log_level("warning"), LogLevel::warning);
  EXPECT_EQ(parse_log_level("notice"), LogLevel::notice);
  EXPECT_EQ(parse_log_level("info"), LogLevel::info);
  EXPECT_EQ(parse_log_level("debug"), LogLevel::debug);
  EXPECT_EQ(parse_log_level("Error"), std::nullopt);
  EXPECT_EQ(parse_log_level(""), std::nullopt);
}

// A line may hold what printf would take for its own; the level cuts off what is less grave.
TEST(Log, WritesLinesAsTheyAreDownToItsLevel) {
  testing::internal::CaptureStderr();
  set_log_level(LogLevel::notice);
  log(LogType::control, LogLevel::notice, "port=a 100%s %n");
  log(LogType::control, LogLevel::info, "not this one");
  set_log_level(LogLevel::info);
  log(LogType::worker, LogLevel::info, "now this one");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "port=a 100%s %n\nnow this one\n");
}

}  // namespace
}  // namespace carp::dpdk
